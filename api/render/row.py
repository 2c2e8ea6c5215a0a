"""Rendering a row as a DTO."""

from schemas.base import Dto


def rendered[Out: Dto](kind: type[Out], row: object, /, **computed: object) -> Out:
    """Return a DTO of a row: a field that is not given is copied from the attribute of the same name."""
    copied = {name: getattr(row, name) for name in kind.model_fields.keys() - computed.keys()}
    return kind.model_validate({**copied, **computed}, from_attributes=True)
