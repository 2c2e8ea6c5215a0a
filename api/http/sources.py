"""Where a request comes from: an address and, on this machine, the account whose connection it is."""

import socket
import struct
from pathlib import Path
from typing import Final, NamedTuple

from settings.groups import is_loopback

_TABLES: Final = {socket.AF_INET: Path("/proc/net/tcp"), socket.AF_INET6: Path("/proc/net/tcp6")}
_LOCAL, _REMOTE, _ACCOUNT = 1, 2, 7
"Columns of the tables."


class Source(NamedTuple):
    """The client's end of a connection, and the server's port."""

    address: str
    port: str
    server_port: str

    @property
    def is_local(self) -> bool:
        """Whether the client is on this machine."""
        return is_loopback(self.address)

    @property
    def name(self) -> str:
        """What identifies it: `192.0.2.7` or, from this machine, `127.0.0.1 (account 1000)`."""
        account = self._account() if self.is_local else None
        return self.address if account is None else f"{self.address} (account {account})"

    def _account(self) -> str | None:
        """Find the client's end among this machine's connections; its row tells whose it is."""
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        try:
            client = f"{_kernel_form(family, self.address)}:{int(self.port):04X}"
            server = f":{int(self.server_port):04X}"
            rows = [row.split() for row in _TABLES[family].read_text("ascii").splitlines()[1:]]
        except (OSError, ValueError):
            return None
        return next((row[_ACCOUNT] for row in rows if row[_LOCAL] == client and row[_REMOTE].endswith(server)), None)


def _kernel_form(family: int, address: str) -> str:
    words = struct.iter_unpack("=I", socket.inet_pton(family, address))
    return "".join(f"{word:08X}" for (word,) in words)
