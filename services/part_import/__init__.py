"""Imports of parts from a table into the inventory."""

from services.part_import.service import BadRows, ImportFile, PartImportService, import_key, preview_of

__all__ = ["BadRows", "ImportFile", "PartImportService", "import_key", "preview_of"]
