"""A private RabbitMQ for tests: one node, its own epmd, reachable from this machine only."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from amqp import AMQPError, Connection

from embedded.errors import NotInstalled, with_log
from embedded.ports import Port, reserve_port

# Debian's /usr/sbin scripts change to the account rabbitmq and its one node; these run as the user who calls them.
PROGRAMS = Path("/usr/lib/rabbitmq/lib")
# Below the range that the kernel takes the ports of clients from: a client would keep a stopped node from starting.
FIRST_PORT = 26_672
START_SECONDS = 60.0
STOP_SECONDS = 30.0
NODE = "partflow@localhost"
USER = "partflow"
CONFIGURATION = """
listeners.tcp.1 = {address}
default_user = {user}
default_pass = {password}
loopback_users = none
disk_free_limit.absolute = 50MB
log.console = false
log.file.level = info
"""
LOOPBACK = "-kernel inet_dist_use_interface {127,0,0,1}"


class RabbitMQ:
    """A node that can be killed, stopped and started again, with its messages and at the same address."""

    def __init__(self, folder: Path, port: int, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._address = f"127.0.0.1:{port}"
        self._password = secrets.token_hex(16)
        configuration = CONFIGURATION.format(address=self._address, user=USER, password=self._password)
        (folder / "rabbitmq.conf").write_text(configuration, "utf-8")
        self.url = f"amqp://{USER}:{self._password}@{self._address}//"

    def start(self) -> None:
        """Start the node and wait until it takes connections; one that runs is left alone.

        Raises:
            EmbeddedError: it does not come up.
        """
        if self._process is not None:
            return
        server = _programs() / "rabbitmq-server"
        self._process = _spawn(self._folder, self._environment, str(server))
        began = time.monotonic()
        while not self._answers():
            if self._process.poll() is not None:
                raise with_log("RabbitMQ has ended.", self._log)
            if time.monotonic() - began > START_SECONDS:
                raise with_log(f"RabbitMQ does not answer after {START_SECONDS:.0f} s.", self._log)
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop the node in good order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Let the node die on the spot, as when the machine's memory runs out.

        What was declared less than a second before may be damaged: RabbitMQ writes declarations down that late.
        """
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _answers(self) -> bool:
        try:
            with Connection(self._address, userid=USER, password=self._password, connect_timeout=5):
                return True
        except (AMQPError, OSError):
            return False

    @property
    def _log(self) -> Path:
        written = self._folder / "log" / f"{NODE}.log"
        return written if written.is_file() else self._folder / "output.log"


@contextmanager
def private_rabbitmq() -> Iterator[RabbitMQ]:
    """Serve a throwaway RabbitMQ for tests, as ordinary processes of the caller; everything is deleted afterwards.

    Call it in the main thread: the processes live no longer than the thread that starts them.

    Raises:
        NotInstalled: RabbitMQ is not installed on this machine.
        EmbeddedError: it does not start.
    """
    _programs()
    with (
        TemporaryDirectory(prefix="partflow-") as name,
        closing(reserve_port(None, first=FIRST_PORT)) as amqp,
        closing(reserve_port(None, first=amqp.number + 1)) as distribution,
        closing(reserve_port(None, first=distribution.number + 1)) as names,
    ):
        folder = Path(name)
        environment = _environment(folder, distribution, names)
        epmd = _spawn(folder, environment, "epmd", "-address", "127.0.0.1", "-port", str(names.number))
        node = RabbitMQ(folder, amqp.number, environment)
        try:
            node.start()
            yield node
        finally:
            # Its data is thrown away, so there is nothing to stop in good order for.
            node.kill()
            epmd.kill()
            epmd.wait()


def _programs() -> Path:
    """Find the newest server's scripts.

    Raises:
        NotInstalled: its programs are not installed.
    """
    found = [folder for folder in PROGRAMS.glob("rabbitmq_server-*/sbin") if (folder / "rabbitmq-server").is_file()]
    if not found or shutil.which("epmd") is None:
        raise NotInstalled("RabbitMQ is not found: install it with 'apt install rabbitmq-server'.")
    return max(found, key=lambda folder: [int(word) for word in folder.parent.name.partition("-")[2].split(".")])


def _spawn(folder: Path, environment: Mapping[str, str], *command: str) -> subprocess.Popen[bytes]:
    """Start a program that dies with this thread and does not hear Ctrl-C."""
    words = ("setpriv", "--pdeathsig", "KILL", *command)
    with (folder / "output.log").open("ab") as output:
        return subprocess.Popen(
            words,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _environment(folder: Path, distribution: Port, names: Port) -> dict[str, str]:
    """Give the node everything by environment, so that nothing of an installed node is read or written."""
    (folder / "enabled_plugins").write_text("[].", "utf-8")
    return {
        "HOME": str(folder),
        "PATH": os.defpath,
        "LC_ALL": "C.UTF-8",
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(names.number),
        # Without its usual shell in between, the server is the very process that is started here.
        "RABBITMQ_ALLOW_INPUT": "1",
        "RABBITMQ_SERVER_START_ARGS": "-noinput",
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        "RABBITMQ_NODENAME": NODE,
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_DIST_PORT": str(distribution.number),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_SCHEMA_DIR": str(folder / "schema"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
        "RABBITMQ_PID_FILE": str(folder / "node.pid"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{LOOPBACK} +S 2:2 +A 16",
    }
