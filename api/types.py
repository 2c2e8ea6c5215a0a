"""Types."""

from flask import Blueprint

from api.openapi import answers, spec
from api.render import type_out
from api.transaction import db
from schemas.type import NewType, TypeList, TypeOut
from services.type import TypeService

bp = Blueprint("types", __name__, url_prefix="/types")


@bp.get("")
@spec.validate(resp=answers(HTTP_200=TypeList), tags=["types"])
def page() -> TypeList:
    """List the types by name."""
    return TypeList(types=tuple(type_out(each) for each in TypeService.all(db())))


@bp.post("")
@spec.validate(resp=answers(409, 413, 415, HTTP_201=TypeOut), tags=["types"])
def create(json: NewType) -> tuple[TypeOut, int]:
    """Add a type."""
    return type_out(TypeService.create(db(), json.name)), 201
