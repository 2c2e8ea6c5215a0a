"""Garbage collection of unreferenced blobs."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import Blob, DatasheetCandidate, Document, PipelineRun, PipelineStep, Thumbnail


class GarbageService:
    """A blob is garbage when no document, thumbnail or run refers to it, and it was not touched for a grace period.

    A run refers to its photo and to the blobs of its steps until the same period after its end.
    """

    @staticmethod
    def list(session: Session, grace: timedelta, *, limit: int) -> Sequence[str]:
        """Return garbage, the longest untouched first."""
        return session.scalars(
            select(Blob.sha256).where(_is_garbage(grace)).order_by(Blob.touched_at).limit(limit)
        ).all()

    @staticmethod
    def seize(session: Session, sha256: str, grace: timedelta) -> Blob | None:
        """Lock a blob against new references, and return it if it is still garbage.

        The row is locked first, by a statement of its own: only one that starts under the lock sees all references.
        """
        locked = select(Blob.sha256).where(Blob.sha256 == sha256).with_for_update(skip_locked=True)
        if session.scalar(locked) is None:
            return None
        return session.scalar(
            select(Blob).where(Blob.sha256 == sha256, _is_garbage(grace)),
            execution_options={"populate_existing": True},
        )

    @staticmethod
    def list_unknown(session: Session, sha256s: Sequence[str]) -> set[str]:
        """Return the objects without a row."""
        return set(sha256s) - set(session.scalars(select(Blob.sha256).where(Blob.sha256.in_(sha256s))))

    @staticmethod
    def adopt(session: Session, objects: Iterable[tuple[str, str, str, int]]) -> None:
        """Insert rows for objects without one (sha256, bucket, key, size), so that they become garbage later."""
        rows = [
            {
                "sha256": sha256,
                "bucket": bucket,
                "s3_key": key,
                "size": size,
                "media_type": "application/octet-stream",
            }
            for sha256, bucket, key, size in objects
        ]
        if rows:
            session.execute(insert(Blob).on_conflict_do_nothing(), rows)


def _is_garbage(grace: timedelta) -> ColumnElement[bool]:
    return and_(
        Blob.touched_at < func.clock_timestamp() - grace,
        ~exists().where(Document.blob_sha256 == Blob.sha256),
        ~exists().where(Thumbnail.image_sha256 == Blob.sha256),
        *(Blob.sha256.not_in(held) for held in _held_by_runs(grace)),
    )


def _held_by_runs(grace: timedelta) -> Sequence[Select[Any]]:
    held: tuple[Select[Any], ...] = (
        select(PipelineRun.input["photo_sha256"].astext),
        select(PipelineStep.output["sha256"].astext).join(PipelineRun, PipelineRun.id == PipelineStep.run_id),
        select(DatasheetCandidate.blob_sha256).join(PipelineRun, PipelineRun.id == DatasheetCandidate.run_id),
    )
    awake = or_(PipelineRun.finished_at.is_(None), PipelineRun.finished_at > func.clock_timestamp() - grace)
    return [query.where(awake, query.selected_columns[0].is_not(None)) for query in held]
