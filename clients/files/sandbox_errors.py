"""Why a child gave no answer.

SandboxError
├── TimedOut       the child used up its seconds, by the clock or of the CPU
├── OutOfMemory    the child needed more memory than allowed
├── NotStarted     the child could not be started
│   └── Unconfined the system does not give all walls, and the settings require them
├── Crashed        the child ended without an answer
└── Garbage        the child's answer is malformed
"""

import os
import signal
from typing import IO, Final

from clients.files._child import MEMORY_EXIT, UNCONFINED_EXIT
from settings.errors import PartflowError

_COMPLAINT_BYTES: Final = 2000
_NOT_STARTED: Final = (126, 127)


class SandboxError(PartflowError):
    """The child gave no answer."""


class TimedOut(SandboxError):
    """The child used up its seconds, by the clock or of the CPU."""


class OutOfMemory(SandboxError):
    """The child needed more memory than allowed."""


class Crashed(SandboxError):
    """The child ended without an answer."""


class NotStarted(SandboxError):
    """The child could not be started, so the file is not to blame."""


class Unconfined(NotStarted):
    """The system does not give all walls, and PARTFLOW_SANDBOX_REQUIRE is all."""


class Garbage(SandboxError):
    """The child's answer is malformed."""


def reason(status: int, complaint: IO[bytes]) -> SandboxError:
    """Return why a child gave no answer, by its exit status and the last line of its complaints."""
    if -status in (signal.SIGXCPU, signal.SIGALRM):
        return TimedOut("used up its CPU time")
    if status == MEMORY_EXIT:
        return OutOfMemory("wanted more memory than allowed")
    if status in _NOT_STARTED:
        return NotStarted(f"the sandbox does not start (status {status})")
    complaint.seek(max(0, complaint.seek(0, os.SEEK_END) - _COMPLAINT_BYTES))
    last_line = complaint.read().decode(errors="replace").strip().rpartition("\n")[2]
    said = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in last_line)
    if status == UNCONFINED_EXIT:
        return Unconfined(f"{said}, and PARTFLOW_SANDBOX_REQUIRE asks for all walls; see docs/security.md")
    return Crashed(f"ended with status {status}" + (f": {said}" if said else ""))
