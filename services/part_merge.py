"""Merging a part into another one that is the same."""

from uuid import UUID

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from models import (
    DatasheetSource,
    Document,
    Drift,
    History,
    Part,
    PartLocation,
    PartSeller,
    PartUpkeep,
    PipelineRun,
    ProjectRequirement,
    ReorgMove,
    ShoppingLine,
    SlotReservation,
    StockCommand,
    Suggestion,
)
from schemas.errors import Conflict
from schemas.part_number import canonical_key
from services.commands import must_be_repeated
from services.datasheet import DatasheetSourceService
from services.part import PartLockService, PartSellerService, PartService, Setter
from services.project import RequirementService
from services.upkeep import UpkeepService

MOVES: tuple[InstrumentedAttribute[str] | InstrumentedAttribute[str | None], ...] = (
    History.part_id4,
    StockCommand.part_id4,
    PartLocation.part_id4,
    SlotReservation.part_id4,
    Document.part_id4,
    DatasheetSource.part_id4,
    Suggestion.part_id4,
    PipelineRun.subject,
    ProjectRequirement.part_id4,
    ShoppingLine.part_id4,
    PartSeller.part_id4,
    PartUpkeep.part_id4,
    Drift.part_id4,
    ReorgMove.part_id4,
)
"All columns that refer to a part; rows that one part cannot have twice are joined before they move."

_FIELDS = ("manufacturer_code", "manufacturer", "type_id", "description", "seller", "seller_link")


class PartMergeService:
    """Moves all references of one part to another, to which its id4 leads from then on."""

    @staticmethod
    def merge(session: Session, id4: str, *, into: str, command_id: UUID) -> Part:
        """Merge a part into another and return the other; a repeated command changes nothing.

        Empty fields of the other part are filled; where both have a value, a person's outranks a machine's.

        Raises:
            NotFound: a part does not exist.
            Conflict: the part was merged into another before, both are the same, the other is retired, or both
                together have more than one part can hold.
            Unprocessable: the command ID was used before with another payload.
        """
        source, target = PartLockService.lock_pair(session, id4, into)
        before = session.scalar(select(Part.id4).where(Part.merge_command_id == command_id))
        if before is not None:
            must_be_repeated(command_id, before=before, now=source.id4, part=before)
        if source.merged_into is not None and PartService.resolve(session, source.id4) == target.id4:
            return PartService.get(session, target.id4)
        _must_be_possible(session, source, target, into=into.upper())
        _fill(session, source, target)
        _join_placements(session, source, target)
        _join_documents(session, source, target)
        DatasheetSourceService.join(session, source.id4, target.id4)
        UpkeepService.join(session, source.id4, target.id4)
        PartSellerService.join(session, source, target)
        RequirementService.join(session, source, target)
        for column in MOVES:
            moved = update(column.class_).where(column == source.id4).values({column: target.id4})
            session.execute(moved.execution_options(synchronize_session=False))
        session.execute(
            update(PipelineRun).where(PipelineRun.subject == target.id4).values(version=PipelineRun.version + 1)
        )
        source.merged_into, source.merge_command_id = target.id4, command_id
        # The rest of the merged part must not count as a user of its types and tags.
        source.tags, source.type_id, source.image_id = [], None, None
        session.flush()
        session.expire_all()
        return PartService.get(session, target.id4)


def _must_be_possible(session: Session, source: Part, target: Part, *, into: str) -> None:
    if source is target:
        itself = "itself" if into == source.id4 else f"{into}, which was merged into {source.id4} itself"
        raise Conflict(f"{source.id4} cannot be merged into {itself}; name another part", field="into")
    if source.merged_into is not None:
        now = PartService.resolve(session, source.id4)
        raise Conflict(f"{source.id4} was already merged into {now}; merge {now} instead if you mean it", part=now)
    if target.retired_at is not None:
        raise Conflict(f"{target.id4} is retired; restore it before you merge into it", part=target.id4)


def _fill(session: Session, source: Part, target: Part) -> None:
    for field in _FIELDS:
        value, by = getattr(source, field), source.set_by.get(field, "machine")
        if value is not None and _is_better(target, field, by):
            PartService.set_field(session, target, field, value, by=by)
    if source.tags:
        setters = (source.set_by.get("tags"), target.set_by.get("tags"))
        tagged_by: Setter = "person" if "person" in setters else "machine"
        PartService.set_field(session, target, "tags", [*target.tags, *source.tags], by=tagged_by)


def _is_better(target: Part, field: str, by: str) -> bool:
    mine = target.set_by.get(field)
    if getattr(target, field) is None:
        return by == "person" or mine != "person"
    return by == "person" and mine != "person"


def _join_placements(session: Session, source: Part, target: Part) -> None:
    """Add up the quantities of both parts that lie in the same slot."""
    theirs, mine = aliased(PartLocation), PartLocation
    both = and_(theirs.part_id4 == source.id4, theirs.box_no == mine.box_no, theirs.loc_no == mine.loc_no)
    joined = session.execute(
        update(mine)
        .where(mine.part_id4 == target.id4, both)
        .values(qty=mine.qty + theirs.qty)
        .returning(theirs.id)
        .execution_options(synchronize_session=False)
    )
    session.execute(delete(PartLocation).where(PartLocation.id.in_(joined.scalars().all())))


def _join_documents(session: Session, source: Part, target: Part) -> None:
    """Keep one of two documents with the same bytes or URL, and a person's choices on the source's."""
    theirs, mine = aliased(Document), aliased(Document)
    is_same = or_(
        theirs.blob_sha256 == mine.blob_sha256,
        and_(theirs.blob_sha256.is_(None), mine.blob_sha256.is_(None), theirs.public_url == mine.public_url),
    )
    pairs = select(theirs.id, mine.id).where(theirs.part_id4 == source.id4, mine.part_id4 == target.id4, is_same)
    twins = dict(session.execute(pairs).all())
    _keep_datasheets(session, source, target)
    _keep_evidence(session, source, target)
    by = source.set_by.get("image_id", "machine")
    if source.image_id is not None and _is_better(target, "image_id", by):
        PartService.set_field(session, target, "image_id", twins.get(source.image_id, source.image_id), by=by)
    source.image_id = None
    session.flush()
    session.execute(delete(Document).where(Document.id.in_(twins)))


def _keep_datasheets(session: Session, source: Part, target: Part) -> None:
    """Keep documents as datasheets, unless the target has another part number."""
    theirs, mine = aliased(Document), Document
    if canonical_key(source.manufacturer_code or "") in ("", canonical_key(target.manufacturer_code or "")):
        both = and_(theirs.part_id4 == source.id4, theirs.blob_sha256 == mine.blob_sha256)
        kept = (
            update(mine)
            .where(mine.part_id4 == target.id4, both, theirs.datasheet_by.is_not(None))
            .where(mine.datasheet_by.is_distinct_from("person"))
            .values(is_datasheet=theirs.is_datasheet, datasheet_by=theirs.datasheet_by)
        )
    else:
        kept = update(mine).where(mine.part_id4 == source.id4).values(is_datasheet=False, datasheet_by=None)
    session.execute(kept.execution_options(synchronize_session=False))


def _keep_evidence(session: Session, source: Part, target: Part) -> None:
    """Keep why a machine took the source's document for the datasheet, where the target's same one does not say."""
    theirs, mine = aliased(Document), Document
    both = and_(theirs.part_id4 == source.id4, theirs.blob_sha256 == mine.blob_sha256)
    kept = update(mine).where(mine.part_id4 == target.id4, both, mine.evidence.is_(None), theirs.evidence.is_not(None))
    session.execute(kept.values(evidence=theirs.evidence).execution_options(synchronize_session=False))
