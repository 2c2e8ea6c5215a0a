"""What the API answers instead, when it says no."""

from typing import Any

from schemas.base import Dto


class Problem(Dto):
    """A sentence for a person that names the way out, and the same for programs: field, limit, state and so on."""

    error: str
    details: dict[str, Any]
