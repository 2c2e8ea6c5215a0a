"""The ORDER of work: one module per pipeline, and the registry of them.

Importing this package registers every pipeline with the engine.
"""

from engine.pipeline import register
from pipelines.csv_import import CSV_IMPORT
from pipelines.part_intake import PART_INTAKE
from pipelines.photo_intake import PHOTO_INTAKE
from pipelines.refresh import DATASHEET_REFRESH
from pipelines.reorg import REORG_APPLY, REORG_PLAN
from pipelines.retag import RETAG
from pipelines.upkeep import start_due_refreshes, start_due_retags

__all__ = [
    "CSV_IMPORT",
    "DATASHEET_REFRESH",
    "PART_INTAKE",
    "PHOTO_INTAKE",
    "REORG_APPLY",
    "REORG_PLAN",
    "RETAG",
    "start_due_refreshes",
    "start_due_retags",
]

register(PHOTO_INTAKE, PART_INTAKE, CSV_IMPORT, REORG_PLAN, REORG_APPLY, DATASHEET_REFRESH, RETAG)
