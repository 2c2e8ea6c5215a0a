"""Redaction: no secret gets into a log line, into the ledger or onto a terminal."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from pydantic import BaseModel, SecretStr

from settings import Settings, SettingsError, get_settings

_HIDDEN: Final = "***"
_SHORTEST: Final = 6
"Characters. A shorter password is hidden in addresses only, because its letters are in many words."
_FORMS: Final = re.compile(
    r"(?<=://)[^\s/@'\"]*:[^\s/@'\"]*(?=@)"
    r"|(?<=\bBearer )[^\s'\",;]+|(?<=\bBasic )[^\s'\",;]+"
    r"|(?<=\bCookie: )[^\r\n'\"]+"
    r"|\bsk-[\w-]{8,}"
    r"|\bpartflow_[\w-]{43}",
    re.IGNORECASE,
)
"""What a secret looks like, whosever it is: the user and password of an address, credentials, cookies, keys of OpenAI,
and named tokens of ours."""


class _Known(NamedTuple):
    settings: Settings | None
    pattern: re.Pattern[str]


_NOTHING: Final = re.compile(r"(?!)")
_known = _Known(None, _NOTHING)


def redacted(text: str) -> str:
    """Return a text with the secrets of the settings, and whatever has the form of a secret, replaced by stars."""
    return _FORMS.sub(_HIDDEN, _own().sub(_HIDDEN, text))


def _own() -> re.Pattern[str]:
    """Return the pattern of the secrets of this process's settings, compiled once."""
    global _known
    try:
        settings = get_settings()
    except SettingsError:
        return _NOTHING
    if _known.settings is not settings:
        # Replaced as a whole, so that no thread sees half of it.
        _known = _Known(settings, _pattern(settings))
    return _known.pattern


def _pattern(settings: Settings) -> re.Pattern[str]:
    secrets = {secret for secret in _secrets(settings) if len(secret) >= _SHORTEST}
    with suppress(SettingsError):
        token = settings.api.access_token()
        secrets |= {token.get_secret_value()} if token else set()
    written = {form for secret in secrets for form in (secret, json.dumps(secret)[1:-1], quote(secret, safe=""))}
    longest_first = sorted(written, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))) if written else _NOTHING


def _secrets(group: BaseModel) -> Iterator[str]:
    for _name, value in group:
        if isinstance(value, BaseModel):
            yield from _secrets(value)
        elif isinstance(value, SecretStr):
            yield from _parts(value.get_secret_value())


def _parts(secret: str) -> Iterator[str]:
    """Yield what is secret of a setting: of an address only the password."""
    if "://" not in secret:
        yield secret
        return
    address = urlsplit(secret)
    if address.password and address.password != address.username:
        yield from (address.password, unquote(address.password))
