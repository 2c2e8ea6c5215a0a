"""The whole inventory as a file."""

from services.export.service import ExportService

__all__ = ["ExportService"]
