"""Where one installation keeps its files and sockets."""

import hashlib
import os
import re
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from embedded.account import Account, database_account
from embedded.errors import EmbeddedError

CHECKOUT = Path(__file__).resolve().parents[1]
SYSTEM_HOME = Path("/var/lib/partflow")
# A socket's path may have 107 bytes, and supervisor adds its process id to the name while it makes one.
MAX_RUN_PATH_BYTES = 80
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The folders of one installation.

    `home` holds what the database's account must reach: the data folder itself, or a folder outside of it when the
    data folder is behind a closed one, as root's home is. `run` holds the sockets; its path is short and plain.
    """

    data: Path
    home: Path
    run: Path
    account: Account | None

    @property
    def database(self) -> Path:
        """The PostgreSQL cluster."""
        return self.home / "postgres"

    @property
    def database_socket(self) -> Path:
        """The folder of PostgreSQL's socket, closed to everybody else."""
        return self.run / "pg"

    @property
    def log(self) -> Path:
        """The logs, one file per program."""
        return self.data / "log"

    @property
    def broker(self) -> Path:
        """The messages of Celery's file-system broker."""
        return self.data / "broker"

    @property
    def temporary(self) -> Path:
        """What the programs need for a moment; on one file system with the broker, which moves messages through it."""
        return self.data / "tmp"

    @property
    def metrics(self) -> Path:
        """The metrics that the programs share; each start empties the folder."""
        return self.temporary / "metrics"

    @property
    def objects(self) -> Path:
        """The object store."""
        return self.data / "objects"


def default_data_dir() -> Path:
    """Name the data folder that is used unless the user names one: in the checkout, else in the user's home."""
    folder = CHECKOUT / ".partflow"
    is_ours = folder.stat().st_uid == os.geteuid() if folder.exists() else os.access(CHECKOUT, os.W_OK)
    # An installed package is not a place for data.
    if is_ours and (CHECKOUT / "pyproject.toml").exists():
        return folder
    return Path.home() / ".local/share/partflow" / _digest(CHECKOUT)


def make_layout(data: Path) -> Layout:
    """Make the folders of the installation in `data`.

    Raises:
        EmbeddedError: a folder cannot be made, or belongs to another user.
    """
    data = data.expanduser().resolve()
    try:
        _make(data)
        account = database_account()
        home = _home(data, account)
        layout = Layout(data=data, home=home, run=_run(home), account=account)
        for folder in (layout.log, layout.broker, layout.objects, layout.temporary):
            folder.mkdir(mode=0o700, exist_ok=True)
        layout.database_socket.mkdir(mode=0o700, exist_ok=True)
        give(layout.database_socket, layout.account)
    except OSError as error:
        reason = error.strerror or error
        raise EmbeddedError(f"{data} cannot be used: {reason}; choose another with --data-dir.") from error
    return layout


def give(folder: Path, account: Account | None) -> None:
    """Make `folder` the account's own."""
    if account:
        os.chown(folder, account.uid, account.gid)


def _home(data: Path, account: Account | None) -> Path:
    note = data / "postgres-home"
    if note.is_file():
        home = Path(note.read_text("utf-8").strip())
    elif account is None or account.can_enter(data):
        return data
    else:
        # A random name, so that a new data folder at an old path never finds the old database.
        home = SYSTEM_HOME / secrets.token_hex(8)
        note.write_text(f"{home}\n", "utf-8")
    SYSTEM_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    _make(home)
    return home


def _run(home: Path) -> Path:
    run = home / "run"
    if len(os.fsencode(run)) > MAX_RUN_PATH_BYTES or not PLAIN_PATH.fullmatch(str(run)):
        user = Path(f"/run/user/{os.geteuid()}")
        name = f"partflow-{os.geteuid()}-{_digest(home)}"
        run = (user if os.access(user, os.W_OK) and os.geteuid() else Path("/tmp")) / name  # noqa: S108  _make checks whose it is
    _make(run)
    return run


def _make(folder: Path) -> None:
    """Make a folder that only this user can write to and, when root, that others may pass through but not list."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    info = folder.lstat()
    if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.geteuid():
        raise EmbeddedError(f"{folder} belongs to another user; choose another data folder with --data-dir.")
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def remove_layout(layout: Layout) -> None:
    """Delete everything the installation has on this machine."""
    for folder in {layout.run, layout.home, layout.data}:
        shutil.rmtree(folder, ignore_errors=True)
