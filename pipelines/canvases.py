"""The pipelines there are, by name."""

from engine.canvas import Canvas
from pipelines.csv_import import csv_import
from pipelines.part_intake import part_intake
from pipelines.photo_intake import photo_intake
from schemas.run import Pipeline

CANVASES: dict[Pipeline, Canvas] = {
    Pipeline.PHOTO_INTAKE: photo_intake,
    Pipeline.PART_INTAKE: part_intake,
    Pipeline.CSV_IMPORT: csv_import,
}
