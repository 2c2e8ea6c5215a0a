"""The imported parts catalogue, from which numbers are recognised."""

from flask import Blueprint

from api.http.openapi import answers, spec
from api.http.transaction import db
from schemas.catalogue import CatalogueRows, CatalogueStored
from schemas.identification import CatalogueEntry
from services.catalogue import CatalogueService

bp = Blueprint("catalogue", __name__, url_prefix="/catalogue")


@bp.put("/parts")
@spec.validate(resp=answers(413, 415, HTTP_200=CatalogueStored), tags=["catalogue"])
def put(json: CatalogueRows) -> CatalogueStored:
    """Add rows to the catalogue, or bring up to date those of the same source and number; again changes nothing."""
    parts = [CatalogueEntry(source=json.source, **dict(row)) for row in json.parts]
    CatalogueService.replace(db(), parts)
    return CatalogueStored(stored=len({part.manufacturer_code for part in parts}))
