"""Every error that Partflow raises on purpose.

PartflowError (settings.errors)
├── SettingsError (settings.errors)      a setting is wrong
├── DomainError                          a rule of the inventory refused the request; the caller can fix it
│   ├── InvalidInput                     a value is malformed; names the field
│   ├── NotFound                         the named thing does not exist
│   ├── Conflict                         the state of the inventory forbids the request now
│   │   └── NoFreeId4                    every id4 is taken
│   ├── TooLarge                         the request is over a limit that a setting names
│   ├── Outdated                         the object has changed since the caller read it
│   ├── UnsupportedMedia                 this kind of file is not accepted here
│   ├── Unprocessable                    the request is well-formed, but makes no sense
│   └── Exhausted                        a budget is used up for now
│       └── Unavailable                  a service that the request needs cannot answer now
├── StepError                            a step could not do its work
│   ├── Transient                        a retry may help
│   │   └── Busy                         all permits for a resource are taken; waiting is not a failure
│   │       └── Locked                   another transaction holds what the step writes
│   └── Permanent                        a retry will not help
│       └── StoreMissing (clients.object_store.base)   the object is not in the store
├── Refused                              a reader or the fetcher refused a file or an address
├── ForbiddenAddress (clients.web.address_guard)       Partflow may not fetch from an address
├── SandboxError (clients.files.sandbox_errors)        a child process did not answer
│   ├── TimedOut                         the child took too long
│   ├── OutOfMemory                      the child took too much memory
│   ├── Crashed                          the child died
│   ├── NotStarted                       the child could not be started
│   │   └── Unconfined                   the system does not give all walls, and the settings require them
│   └── Garbage                          the child's answer is malformed
├── BadRows (services.part_import.service)             a file has bad rows, and the import may not skip them
├── BadPlan (services.reorg.planning)                  a reorganisation plan cannot be carried out
├── NotNeeded (engine.step.step)         a step has nothing to do in this run
├── Fenced (engine.ledger.ledger)        another worker has taken the step over
├── BackupError (cli.backup.repository)  a backup cannot be made or restored
├── ServerError (cli.client)             the server cannot be reached, or cannot answer
│   └── RequestRefused                   the server refused the request
└── EmbeddedError (embedded.errors)      the embedded stack cannot be started
    └── NotInstalled                     a program that it needs is not installed

`pgchords/` raises its own errors, because it does not depend on Partflow.
"""

from errno import EDQUOT, EIO, ENOSPC, EROFS
from typing import ClassVar

from schemas.problem import ErrorCode
from settings.errors import PartflowError, SettingsError

__all__ = [
    "Busy",
    "Conflict",
    "DomainError",
    "Exhausted",
    "InvalidInput",
    "Locked",
    "NoFreeId4",
    "NotFound",
    "Outdated",
    "PartflowError",
    "Permanent",
    "Refused",
    "SettingsError",
    "StepError",
    "TooLarge",
    "Transient",
    "Unavailable",
    "Unprocessable",
    "UnsupportedMedia",
    "disk_error",
]

_FIRST_LOCKED_SECONDS = 5.0
_LONGEST_LOCKED_SECONDS = 60.0
_DISK_ERRORS = {ENOSPC: "disk_full", EDQUOT: "disk_full", EIO: "disk_broken", EROFS: "disk_read_only"}


class DomainError(PartflowError):
    """A rule of the inventory refused the request; `message` is for people, `details` are for programs."""

    code: ClassVar[ErrorCode] = ErrorCode.INVALID_INPUT

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class InvalidInput(DomainError):
    """A value is malformed."""


class NotFound(DomainError):
    """The named thing does not exist."""

    code = ErrorCode.NOT_FOUND

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"there is no {kind} {key}", kind=kind, key=str(key))


class Conflict(DomainError):
    """The state of the inventory forbids the request now."""

    code = ErrorCode.CONFLICT


class NoFreeId4(Conflict):
    """Every id4 is taken, so that no part can be added."""

    def __init__(self, taken: int) -> None:
        super().__init__(
            f"all {taken:,} part IDs are taken or skipped, and none is ever used again; put the stock on a part that "
            "is there, or keep new parts in another inventory",
            part_ids=taken,
        )


class TooLarge(DomainError):
    """The request is over a limit that a setting names."""

    code = ErrorCode.TOO_LARGE


class Outdated(DomainError):
    """The object has changed since the caller read it."""

    code = ErrorCode.OUTDATED


class UnsupportedMedia(DomainError):
    """This kind of file is not accepted here."""

    code = ErrorCode.UNSUPPORTED_MEDIA


class Unprocessable(DomainError):
    """The request is well-formed, but makes no sense."""

    code = ErrorCode.UNPROCESSABLE


class Exhausted(DomainError):
    """A budget is used up for now; retry after `retry_after` seconds."""

    code = ErrorCode.EXHAUSTED

    def __init__(self, message: str, *, retry_after: float, **details: object) -> None:
        super().__init__(message, **details)
        self.retry_after = retry_after


class Unavailable(Exhausted):
    """A service that the request needs cannot answer now; retry after `retry_after` seconds."""

    code = ErrorCode.UNAVAILABLE


class StepError(PartflowError):
    """A step could not do its work; `code` is stable and for programs, `detail` is a sentence for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class Transient(StepError):
    """A retry may help, no sooner than `retry_after` seconds from now."""

    def __init__(self, code: str, detail: str, retry_after: float | None = None) -> None:
        super().__init__(code, detail)
        self.retry_after = retry_after


class Busy(Transient):
    """All permits for `resource` are taken; waiting for one is not a failure."""

    def __init__(self, resource: str) -> None:
        super().__init__("busy", f"all permits for {resource} are taken; waiting for a free one")


class Locked(Busy):
    """Another transaction holds a row that the step needs; it is tried later, after a number of `waits` even later."""

    def __init__(self, waits: int) -> None:
        Transient.__init__(
            self,
            "locked",
            "another change holds a row that the step needs; waiting for it to end",
            retry_after=min(_FIRST_LOCKED_SECONDS * (1 + waits), _LONGEST_LOCKED_SECONDS),
        )


def disk_error(error: OSError) -> Transient | None:
    """Return what a step says of a fault of the machine's disk; None for another error."""
    code = _DISK_ERRORS.get(error.errno or 0)
    return Transient(code, f"the disk of this machine cannot be written to: {error.strerror}") if code else None


class Permanent(StepError):
    """A retry will not help."""


class Refused(PartflowError):
    """A reader or the fetcher refused a file or an address; `code` is stable, `detail` is a sentence for people.

    `retryable` means that a retry may succeed, no sooner than after `retry_after` seconds; `limit` names the settings
    whose limit the file exceeds.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
        limit: str | None = None,
    ) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.retryable = retryable
        self.retry_after = retry_after
        self.limit = limit

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"
