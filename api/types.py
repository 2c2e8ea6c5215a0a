"""Types."""

from flask import Blueprint, Response

from api.http.openapi import answers, spec
from api.http.transaction import db
from api.render.word import type_out
from models import Type
from schemas.type import DeleteTypeQuery, MergeType, NewType, TypeList, TypeOrder, TypeOut, TypePatch, TypeUnit
from services.type import TypeService

bp = Blueprint("types", __name__, url_prefix="/types")


@bp.get("")
@spec.validate(resp=answers(HTTP_200=TypeList), tags=["types"])
def page() -> TypeList:
    """List the types in the user's order."""
    return _list()


@bp.post("")
@spec.validate(resp=answers(409, 413, 415, HTTP_201=TypeOut), tags=["types"])
def create(json: NewType) -> tuple[TypeOut, int, dict[str, str]]:
    """Add a type at the end of the list."""
    shown = type_out(TypeService.create(db(), json.name), parts=0)
    return shown, 201, {"Location": shown.links["self"]}


@bp.put("/order")
@spec.validate(resp=answers(404, 409, 413, 415, HTTP_200=TypeList), tags=["types"])
def reorder(json: TypeOrder) -> TypeList:
    """Reorder all types."""
    TypeService.reorder(db(), json.types)
    return _list()


@bp.get("/<name>")
@spec.validate(resp=answers(404, HTTP_200=TypeOut), tags=["types"])
def get(name: str) -> TypeOut:
    """Show a type by its name, in upper or lower case."""
    return _shown(TypeService.get(db(), name))


@bp.patch("/<name>")
@spec.validate(resp=answers(404, 409, 413, 415, HTTP_200=TypeOut), tags=["types"])
def rename(name: str, json: TypePatch) -> TypeOut:
    """Rename a type, on all its parts and boxes and where it is suggested."""
    return _shown(TypeService.rename(db(), name, json.name))


@bp.put("/<name>/unit")
@spec.validate(resp=answers(404, 413, 415, HTTP_200=TypeOut), tags=["types"])
def set_unit(name: str, json: TypeUnit) -> TypeOut:
    """Put the parts of a type in the order of a value, such as ohm for resistors, or of their numbers with null."""
    return _shown(TypeService.set_unit(db(), name, json.unit))


@bp.post("/<name>/merge")
@spec.validate(resp=answers(404, 409, 413, 415, HTTP_200=TypeOut), tags=["types"])
def merge(name: str, json: MergeType) -> TypeOut:
    """Merge a type into another, which takes over its parts, boxes and suggestions."""
    return _shown(TypeService.merge(db(), name, into=json.into))


@bp.delete("/<name>")
@spec.validate(resp=answers(404, 409, HTTP_204=None), tags=["types"])
def delete(name: str, query: DeleteTypeQuery) -> Response:
    """Delete a type that nothing uses; one in use only with a `replacement`, which takes its place."""
    TypeService.delete(db(), name, replacement=query.replacement)
    return Response(status=204)


def _list() -> TypeList:
    parts = TypeService.count_parts(db())
    return TypeList(types=tuple(type_out(each, parts.get(each.id, 0)) for each in TypeService.list(db())))


def _shown(type_: Type) -> TypeOut:
    return type_out(type_, TypeService.count_parts(db(), type_).get(type_.id, 0))
