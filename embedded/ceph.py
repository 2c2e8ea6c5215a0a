"""A private Ceph for tests: a cluster in memory and the S3 gateway before it, for this machine only."""

import http.client
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from embedded.ceph_cluster import Programs, serve_cluster
from embedded.errors import NotInstalled
from embedded.ports import reserve_port

PROGRAMS = ("ceph", "ceph-authtool", "ceph-mon", "ceph-osd", "monmaptool", "openssl", "radosgw", "radosgw-admin")
FIRST_PORT = 13_300
STOP_SECONDS = 20.0


class Ceph:
    """A cluster behind a gateway that can be paused, stopped, killed and started again; what is stored stays."""

    def __init__(self, programs: Programs, http_port: int, https_port: int) -> None:
        self._programs = programs
        self._port = http_port
        self._gateway: subprocess.Popen[bytes] | None = None
        self.endpoint_url = f"http://127.0.0.1:{http_port}"
        self.https_url = f"https://127.0.0.1:{https_port}"
        self.ca_file = programs.folder / "certificate.pem"
        self.access_key = secrets.token_hex(10)
        self.secret_key = secrets.token_hex(20)

    def start(self) -> None:
        """Start the gateway and wait until it answers; one that runs is left alone.

        Raises:
            EmbeddedError: it does not come up.
        """
        if self._gateway is not None:
            return
        self._gateway = self._programs.spawn("radosgw", "-f", "-n", "client.rgw.a")
        self._programs.wait_until(self._answers, "radosgw", self._gateway)

    def stop(self) -> None:
        """Stop the gateway in good order: it finishes what it is at, which may take seconds."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Let the gateway die on the spot, in the middle of what it is at."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Let the gateway answer nothing while it still takes connections."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused gateway go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._gateway is not None:
            self._gateway.send_signal(number)

    def _end(self, number: signal.Signals) -> None:
        if self._gateway is None:
            return
        self._gateway.send_signal(number)
        try:
            self._gateway.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._gateway.kill()
            self._gateway.wait()
        self._gateway = None

    def _answers(self) -> bool:
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)) as connection:
            try:
                connection.request("GET", "/")
                return connection.getresponse().status == http.client.OK
            except (OSError, http.client.HTTPException):
                return False


@contextmanager
def private_ceph() -> Iterator[Ceph]:
    """Serve a throwaway Ceph over HTTP and HTTPS, as ordinary processes of the caller; nothing of it is kept.

    Call it in the main thread: the processes live no longer than the thread that starts them.

    Raises:
        NotInstalled: Ceph is not installed on this machine.
        EmbeddedError: it does not start.
    """
    if absent := [program for program in PROGRAMS if shutil.which(program) is None]:
        raise NotInstalled(
            f"Ceph is not found ({', '.join(absent)}): install it with 'apt install ceph-mon ceph-osd radosgw openssl'."
        )
    with (
        TemporaryDirectory(prefix="partflow-") as name,
        closing(reserve_port(None, first=FIRST_PORT)) as monitor,
        closing(reserve_port(None, first=monitor.number + 1)) as plain,
        closing(reserve_port(None, first=plain.number + 1)) as encrypted,
    ):
        programs = Programs(Path(name))
        ceph = Ceph(programs, plain.number, encrypted.number)
        ports = {"mon_port": monitor.number, "http_port": plain.number, "https_port": encrypted.number}
        _make_certificate(programs)
        with serve_cluster(programs, **ports):
            try:
                ceph.start()
                _make_user(programs, ceph)
                yield ceph
            finally:
                ceph.kill()


def _make_certificate(programs: Programs) -> None:
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem")
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost")
    programs.run("openssl", "req", "-x509", "-days", "30", *key, *names, "-out", "certificate.pem")


def _make_user(programs: Programs, ceph: Ceph) -> None:
    keys = ("--access-key", ceph.access_key, "--secret-key", ceph.secret_key)
    programs.run("radosgw-admin", "user", "create", "--uid=partflow", "--display-name=Partflow", *keys)
