"""The parts catalogue and its sources."""

from services.catalogue.kicad import SOURCE, catalogue_rows
from services.catalogue.service import CatalogueService

__all__ = ["SOURCE", "CatalogueService", "catalogue_rows"]
