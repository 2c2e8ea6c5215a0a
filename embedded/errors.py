"""The errors of the embedded stack, and the log lines that explain it."""

from pathlib import Path

from settings.errors import PartflowError

TAIL_LINES = 15


class EmbeddedError(PartflowError):
    """The embedded stack cannot start or go on; the message is a sentence for the user, with a way out."""


class NotInstalled(EmbeddedError):
    """A server's programs are not on this machine; the message says how to install them."""


def with_log(sentence: str, log: Path) -> EmbeddedError:
    """Build an error that ends with the last lines of `log`."""
    text = log.read_text("utf-8", "replace") if log.is_file() else ""
    tail = "\n".join(f"  {line}" for line in text.splitlines()[-TAIL_LINES:])
    return EmbeddedError(f"{sentence} The last lines of {log}:\n{tail or '  (nothing)'}")
