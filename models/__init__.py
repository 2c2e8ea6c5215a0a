"""Tables, one per file; importing this package loads all of them."""

from models.ai_call import AiCall
from models.base import Base
from models.batch import Batch
from models.blob import Blob
from models.box import Box, BoxType
from models.catalogue_part import CataloguePart
from models.datasheet_candidate import DatasheetCandidate
from models.document import Document
from models.document_page import DocumentPage
from models.history import History
from models.idempotency_key import IdempotencyKey
from models.location import Location
from models.part import Part
from models.part_import import PartImport
from models.part_location import PartLocation
from models.permit import Permit
from models.pipeline_run import PipelineRun
from models.pipeline_step import PipelineStep
from models.project import Project
from models.project_build import BuildCommand, ProjectBuild
from models.project_requirement import ProjectRequirement
from models.shopping_line import ShoppingLine
from models.shopping_receipt import ShoppingReceipt
from models.stock_command import StockCommand
from models.suggestion import Suggestion
from models.tag_synonym import TagSynonym
from models.thumbnail import Thumbnail
from models.type import Type

__all__ = [
    "AiCall",
    "Base",
    "Batch",
    "Blob",
    "Box",
    "BoxType",
    "BuildCommand",
    "CataloguePart",
    "DatasheetCandidate",
    "Document",
    "DocumentPage",
    "History",
    "IdempotencyKey",
    "Location",
    "Part",
    "PartImport",
    "PartLocation",
    "Permit",
    "PipelineRun",
    "PipelineStep",
    "Project",
    "ProjectBuild",
    "ProjectRequirement",
    "ShoppingLine",
    "ShoppingReceipt",
    "StockCommand",
    "Suggestion",
    "TagSynonym",
    "Thumbnail",
    "Type",
]
