"""Tables, one per file; importing this package loads all of them."""

from models.access_token import AccessToken
from models.ai_call import AiCall
from models.audit_entry import AuditEntry
from models.base import Base
from models.batch import Batch
from models.beat import Beat
from models.blob import Blob
from models.box import Box, BoxType
from models.catalogue_part import CataloguePart
from models.datasheet_candidate import DatasheetCandidate
from models.datasheet_source import DatasheetSource
from models.document import Document
from models.document_chapter import DocumentChapter
from models.document_page import DocumentPage
from models.drift import Drift
from models.history import History
from models.idempotency_key import IdempotencyKey
from models.location import Location
from models.part import Part
from models.part_import import PartImport
from models.part_location import PartLocation
from models.part_seller import PartSeller
from models.part_upkeep import PartUpkeep
from models.permit import Permit
from models.photo_look import PhotoLook
from models.pipeline_run import PipelineRun
from models.pipeline_step import PipelineStep
from models.project import Project
from models.project_build import BuildCommand, ProjectBuild
from models.project_requirement import ProjectRequirement
from models.reorg_move import ReorgMove
from models.reorg_plan import ReorgPlan
from models.schedule import Schedule
from models.schedule_firing import ScheduleFiring
from models.search_document import SearchDocument
from models.search_number import SearchNumber
from models.search_word import SearchWord
from models.shopping_line import ShoppingLine
from models.shopping_receipt import ShoppingReceipt
from models.slot_reservation import SlotReservation
from models.stock_command import StockCommand
from models.suggestion import Suggestion
from models.suggestion_tally import SuggestionTally
from models.tag_synonym import TagSynonym
from models.thumbnail import Thumbnail
from models.type import Type

__all__ = [
    "AccessToken",
    "AiCall",
    "AuditEntry",
    "Base",
    "Batch",
    "Beat",
    "Blob",
    "Box",
    "BoxType",
    "BuildCommand",
    "CataloguePart",
    "DatasheetCandidate",
    "DatasheetSource",
    "Document",
    "DocumentChapter",
    "DocumentPage",
    "Drift",
    "History",
    "IdempotencyKey",
    "Location",
    "Part",
    "PartImport",
    "PartLocation",
    "PartSeller",
    "PartUpkeep",
    "Permit",
    "PhotoLook",
    "PipelineRun",
    "PipelineStep",
    "Project",
    "ProjectBuild",
    "ProjectRequirement",
    "ReorgMove",
    "ReorgPlan",
    "Schedule",
    "ScheduleFiring",
    "SearchDocument",
    "SearchNumber",
    "SearchWord",
    "ShoppingLine",
    "ShoppingReceipt",
    "SlotReservation",
    "StockCommand",
    "Suggestion",
    "SuggestionTally",
    "TagSynonym",
    "Thumbnail",
    "Type",
]
