"""Rows as DTOs."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import url_for

from engine.ledger.run import gaps_of
from models import DatasheetCandidate, Document, Part, PartLocation, PipelineRun, Suggestion, Type
from schemas.document import DocumentOut
from schemas.ledger import DONE, RunState
from schemas.part import DuplicateOut, PartOut, PartSummary, PlacementOut
from schemas.run import CandidateOut, Progress, RunOut, RunSummary, StepOut
from schemas.suggestion import SuggestionOut
from schemas.tag import TagOut
from schemas.type import TypeOut
from services.part import Duplicate
from services.tag import Tag


def run_summary(run: PipelineRun) -> RunSummary:
    """Render a run for a list."""
    links = {"self": url_for("runs.get", run_id=run.id)}
    if run.subject:
        links["part"] = url_for("parts.get", id4=run.subject)
    verb = "resume" if RunState(run.state).final else "cancel"
    links[verb] = url_for(f"runs.{verb}", run_id=run.id)
    if run.batch_id:
        links["batch"] = url_for("batches.get", batch_id=run.batch_id)
    return RunSummary(
        id=run.id,
        pipeline=run.pipeline,
        state=run.state,
        lane=run.lane,
        batch=run.batch_id,
        part=run.subject,
        waiting_for=run.waiting_for,
        heal_at=run.heal_at,
        created_at=run.created_at,
        finished_at=run.finished_at,
        links=links,
    )


def run_out(run: PipelineRun, candidates: Sequence[DatasheetCandidate], suggestions: Sequence[Suggestion]) -> RunOut:
    """Render a run with its steps and what it found."""
    return RunOut(
        **dict(run_summary(run)),
        input=run.input,
        progress=Progress(done=sum(step.state in DONE for step in run.steps), total=len(run.steps)),
        steps=tuple(StepOut.model_validate(step, from_attributes=True) for step in run.steps),
        gaps=gaps_of(run.steps),
        candidates=tuple(CandidateOut.model_validate(each, from_attributes=True) for each in candidates),
        suggestions=tuple(suggestion_out(each) for each in suggestions),
        error=run.error,
        seconds=round(((run.finished_at or datetime.now(UTC)) - run.created_at).total_seconds(), 3),
    )


def suggestion_out(suggestion: Suggestion) -> SuggestionOut:
    """Render a suggestion."""
    return SuggestionOut(
        id=suggestion.id,
        part=suggestion.part_id4,
        run_id=suggestion.run_id,
        field=suggestion.field,
        value=suggestion.value,
        confidence=suggestion.confidence,
        evidence=suggestion.evidence,
        state=suggestion.state,
        created_at=suggestion.created_at,
        decided_at=suggestion.decided_at,
    )


def document_out(document: Document) -> DocumentOut:
    """Render a document."""
    blob = document.blob
    return DocumentOut(
        id=document.id,
        part=document.part_id4,
        kind=document.kind,
        title=document.title,
        is_main_image=document.is_main_image,
        is_datasheet=document.is_datasheet,
        datasheet_by=document.datasheet_by,
        sha256=document.blob_sha256,
        size=blob and blob.size,
        media_type=blob and blob.media_type,
        pages=blob and blob.page_count,
        public_url=document.public_url,
        original_filename=document.original_filename,
        content=_content(document.id) if blob else None,
        thumbnail=url_for("documents.thumbnail", document_id=document.id) if blob else None,
        created_at=document.created_at,
    )


def part_summary(part: Part, quantity: int) -> PartSummary:
    """Render a part for a list."""
    return PartSummary(
        id4=part.id4,
        manufacturer_code=part.manufacturer_code,
        manufacturer=part.manufacturer,
        type=part.type.name if part.type else None,
        description=part.description,
        tags=part.tags,
        quantity=quantity,
        image=_content(part.image_id) if part.image_id else None,
        created_at=part.created_at,
        updated_at=part.updated_at,
        retired_at=part.retired_at,
        links={"self": url_for("parts.get", id4=part.id4), "documents": url_for("parts.documents", id4=part.id4)},
    )


def part_out(
    part: Part,
    placements: Sequence[PartLocation],
    documents: Sequence[Document],
    suggestions: Sequence[Suggestion],
    *,
    merged_from: Sequence[str],
) -> PartOut:
    """Render a part with everything that hangs on it."""
    return PartOut(
        **dict(part_summary(part, sum(each.qty for each in placements))),
        seller=part.seller,
        seller_link=part.seller_link,
        # By the names that the fields have here: what is type_id inside is type.
        set_by={field.removesuffix("_id"): by for field, by in part.set_by.items()},
        merged_from=tuple(merged_from),
        placements=tuple(
            PlacementOut(slot=each.slot, box_no=each.box_no, loc_no=each.loc_no, quantity=each.qty)
            for each in placements
        ),
        documents=tuple(document_out(each) for each in documents),
        suggestions=tuple(suggestion_out(each) for each in suggestions),
    )


def duplicate_out(duplicate: Duplicate) -> DuplicateOut:
    """Render a part that may be the same as another."""
    part = duplicate.part
    return DuplicateOut(
        id4=part.id4,
        manufacturer_code=part.manufacturer_code or "",
        manufacturer=part.manufacturer,
        description=part.description,
        retired=part.retired_at is not None,
        reason=duplicate.reason,
        similarity=round(duplicate.similarity, 2),
        links={"self": url_for("parts.get", id4=part.id4)},
    )


def type_out(type_: Type, parts: int) -> TypeOut:
    """Render a type and how many parts are of it."""
    links = {"self": url_for("types.get", name=type_.name), "parts": url_for("parts.page", type=type_.name)}
    return TypeOut(name=type_.name, parts=parts, links=links)


def tag_out(tag: Tag) -> TagOut:
    """Render a tag."""
    links = {"self": url_for("tags.get", tag=tag.name), "parts": url_for("parts.page", tag=tag.name)}
    return TagOut(name=tag.name, parts=tag.parts, synonyms=tag.synonyms, links=links)


def _content(document_id: int) -> str:
    return url_for("documents.content", document_id=document_id)
