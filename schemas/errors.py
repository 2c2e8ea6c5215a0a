"""Every error that Partflow raises on purpose.

PartflowError (settings.errors)
├── SettingsError (settings.errors)      a setting is wrong
├── DomainError                          a rule of the inventory refused it; the caller can mend it
│   ├── InvalidInput                     a value is malformed; names the field
│   ├── NotFound                         the named thing does not exist
│   ├── Conflict                         the state of the inventory forbids it now
│   ├── TooLarge                         it is over a limit that a setting names
│   ├── Outdated                         it was changed since the caller read it
│   ├── UnsupportedMedia                 this kind of file is not accepted here
│   ├── Unprocessable                    it is well-formed, but makes no sense
│   └── Exhausted                        a budget is used up for now
│       └── Unavailable                  a service that is needed cannot answer now
├── StepError                            a step could not do its work
│   ├── Transient                        trying again may help
│   │   └── Busy                         all permits for a resource are taken; waiting is not a failure
│   └── Permanent                        trying again will not help
│       └── StoreMissing (clients.object_store.base)   the object is not in the store
├── Refused                              a reader or the fetcher refused a file or an address
├── ForbiddenAddress (clients.web.address_guard)       an address may not be fetched from
├── SandboxError (clients.files.sandbox) a child process did not answer
│   ├── TimedOut                         it took too long
│   ├── OutOfMemory                      it took too much memory
│   ├── Crashed                          it died
│   ├── NotStarted                       it could not be started
│   └── Garbage                          its answer is not one
├── BadRows (services.part_import.service)             a file has bad rows, and they are not to be skipped
├── NotNeeded (engine.step.step)         a step has nothing to do in this run
├── Fenced (engine.ledger.ledger)        another worker has taken the step over
├── ServerError (cli.client)             the server cannot be reached, or cannot answer
│   └── RequestRefused                   the server refused the request
└── EmbeddedError (embedded.errors)      the embedded stack cannot be started
    └── NotInstalled                     a program that it needs is not installed

`pgchords/` raises errors of its own, because it knows nothing of Partflow.
"""

from typing import ClassVar

from schemas.problem import ErrorCode
from settings.errors import PartflowError, SettingsError

__all__ = [
    "Busy",
    "Conflict",
    "DomainError",
    "Exhausted",
    "InvalidInput",
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
]


class DomainError(PartflowError):
    """A rule of the inventory refused it; `message` is a sentence for a person, `details` are for programs."""

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
    """The state of the inventory forbids it now."""

    code = ErrorCode.CONFLICT


class TooLarge(DomainError):
    """It is over a limit that a setting names."""

    code = ErrorCode.TOO_LARGE


class Outdated(DomainError):
    """It was changed since the caller read it."""

    code = ErrorCode.OUTDATED


class UnsupportedMedia(DomainError):
    """This kind of file is not accepted here."""

    code = ErrorCode.UNSUPPORTED_MEDIA


class Unprocessable(DomainError):
    """It is well-formed, but makes no sense."""

    code = ErrorCode.UNPROCESSABLE


class Exhausted(DomainError):
    """A budget is used up for now; there may be more in `retry_after` seconds."""

    code = ErrorCode.EXHAUSTED

    def __init__(self, message: str, *, retry_after: float, **details: object) -> None:
        super().__init__(message, **details)
        self.retry_after = retry_after


class Unavailable(Exhausted):
    """A service that is needed cannot answer now, and may in `retry_after` seconds."""

    code = ErrorCode.UNAVAILABLE


class StepError(PartflowError):
    """A step could not do its work: `code` is stable and for programs, `detail` a sentence for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class Transient(StepError):
    """Trying again may help, no sooner than `retry_after` seconds from now."""

    def __init__(self, code: str, detail: str, retry_after: float | None = None) -> None:
        super().__init__(code, detail)
        self.retry_after = retry_after


class Busy(Transient):
    """All permits for `resource` are taken; waiting for one is not a failure."""

    def __init__(self, resource: str) -> None:
        super().__init__("busy", f"all permits for {resource} are taken; waiting for a free one")


class Permanent(StepError):
    """Trying again will not help."""


class Refused(PartflowError):
    """A reader or the fetcher refused a file or an address; `code` is stable, `detail` a sentence for a person.

    `retryable` says that another try may go better, no sooner than after `retry_after` seconds; `limit` names the
    settings whose limit the file is over.
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
