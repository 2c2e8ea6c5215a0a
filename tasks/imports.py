"""Applying imports."""

from uuid import UUID

from sqlalchemy.orm import Session

from engine.ledger.ledger import Claim
from engine.step.step import Step
from engine.step.task import as_task
from engine.worker.routes import Queue
from models.session import session_scope
from schemas.errors import Permanent
from schemas.ledger import Gap
from schemas.part_import import ImportInput, ImportReport
from services.part_import import BadRows, PartImportService
from settings import get_settings

_NAMED = 20
"How many lines a sentence names; the report has all."


class ApplyImport(Step[UUID, ImportReport]):
    """Do what the rows of a file say."""

    name = "import.apply"
    queue = Queue.INGEST
    essential = True
    longest = 1200
    output = ImportReport

    def load(self, session: Session, claim: Claim) -> UUID:
        """Return which import it is."""
        return ImportInput.model_validate(claim.input).import_id

    def work(self, given: UUID) -> ImportReport:
        """Apply it in a transaction of its own, which knows by the import's report that it was there already."""
        try:
            with session_scope() as session:
                return PartImportService.apply(
                    session, given, max_rows=get_settings().api.max_import_rows, tell=lambda done: _tell(given, done)
                )
        except BadRows as bad:
            with session_scope() as session:
                PartImportService.refuse(session, given, bad)
            raise Permanent("bad_rows", f"nothing was imported: {bad}") from bad

    def record(self, session: Session, claim: Claim, output: ImportReport) -> Gap | None:
        """Say which rows were left out."""
        if not output.bad:
            return None
        lines = ", ".join(str(row.line) for row in output.bad[:_NAMED])
        more = f" and {len(output.bad) - _NAMED} more" if len(output.bad) > _NAMED else ""
        return Gap(step=self.name, reason="bad_rows", detail=f"rows were left out: lines {lines}{more}")


def _tell(import_id: UUID, done: int) -> None:
    with session_scope() as session:
        PartImportService.report_progress(session, import_id, done)


apply_import = as_task(ApplyImport())
