"""Every error Partflow raises on purpose.

PartflowError
├── DomainError             a rule of the inventory said no; the caller can mend it
│   ├── InvalidInput        a value is malformed; names the field
│   ├── NotFound            no such thing
│   ├── Conflict            the state of the inventory forbids it now
│   ├── TooLarge            over a limit that a setting names
│   ├── Outdated            it was changed since the caller read it
│   ├── UnsupportedMedia    not a kind of file that is taken here
│   ├── Unprocessable       well-formed, but it cannot be meant
│   └── Exhausted           what may be used up in a time is used up
│       └── Unavailable     who is needed for it cannot answer now
└── StepError               a step could not do its work
    ├── Transient           the world failed; trying again may help
    │   └── Busy            others are using it, as many as may; waiting for them is no failure
    └── Permanent           trying again will not help
"""


class PartflowError(Exception):
    """The base of them all."""


class DomainError(PartflowError):
    """A rule of the inventory said no; `message` is a sentence for a person."""

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class InvalidInput(DomainError):
    """A value is malformed."""


class NotFound(DomainError):
    """No such thing."""

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"there is no {kind} {key}", kind=kind, key=str(key))


class Conflict(DomainError):
    """The state of the inventory forbids it now."""


class TooLarge(DomainError):
    """Over a limit that a setting names."""


class Outdated(DomainError):
    """It was changed since the caller read it."""


class UnsupportedMedia(DomainError):
    """Not a kind of file that is taken here."""


class Unprocessable(DomainError):
    """Well-formed, but it cannot be meant."""


class Exhausted(DomainError):
    """What may be used up in a time is used up; there may be more in `retry_after` seconds."""

    def __init__(self, message: str, *, retry_after: float, **details: object) -> None:
        super().__init__(message, **details)
        self.retry_after = retry_after


class Unavailable(Exhausted):
    """Who is needed for it cannot answer now, and may in `retry_after` seconds."""


class StepError(PartflowError):
    """A step could not do its work: `code` is stable and for programs, `detail` a sentence for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class Transient(StepError):
    """The world failed; trying again may help, no sooner than `retry_after` seconds from now."""

    def __init__(self, code: str, detail: str, retry_after: float | None = None) -> None:
        super().__init__(code, detail)
        self.retry_after = retry_after


class Busy(Transient):
    """Others are using `resource`, as many as may at a time; waiting for them is no failure."""

    def __init__(self, resource: str) -> None:
        super().__init__("busy", f"as many as may are using {resource}")


class Permanent(StepError):
    """Trying again will not help."""
