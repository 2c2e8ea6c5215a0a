"""The token of the API: what makes one good, and reading it from a file."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, SecretStr

from settings.errors import SettingsError

LEAST_LENGTH: Final = 20
_LEAST_DIFFERENT: Final = 8
_WAY_OUT: Final = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe())'"


def _hard_to_guess(token: SecretStr) -> SecretStr:
    text = token.get_secret_value()
    if len(text) < LEAST_LENGTH or len(set(text)) < _LEAST_DIFFERENT:
        raise ValueError(
            f"expected at least {LEAST_LENGTH} characters, {_LEAST_DIFFERENT} of them different; {_WAY_OUT}"
        )
    if not (text.isascii() and text.isprintable() and " " not in text):
        raise ValueError(f"expected letters, digits and signs of ASCII, without spaces; {_WAY_OUT}")
    return token


Token = Annotated[SecretStr, AfterValidator(_hard_to_guess)]


def read_token(file: Path) -> SecretStr:
    """Return the token that a file holds.

    Raises:
        SettingsError: the file cannot be read, or its token is easy to guess.
    """
    try:
        return _hard_to_guess(SecretStr(file.read_text("utf-8").strip()))
    except OSError as error:
        raise SettingsError(f"PARTFLOW_API_TOKEN_FILE: {file} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SettingsError(f"PARTFLOW_API_TOKEN_FILE: {error}") from None
