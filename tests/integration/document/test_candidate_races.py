"""Verdicts that are recorded while garbage is collected keep their files, or are told to try again."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from clients.object_store import Bucket, content_key
from engine.ledger.ledger import Claim
from models import DatasheetCandidate, PipelineRun
from models.session import session_scope
from schemas.datasheet import DatasheetLead, Verdict
from schemas.errors import Transient
from schemas.step import CandidateOutcome
from services.datasheet import DatasheetCandidateService
from tasks import clients, garbage
from tasks.fetch import FetchCandidate
from tasks.objects import write
from tests.support.rows import new_run

SECONDS = 4
GRACE_SECONDS = 0.1


def judge(run_id: UUID, content: bytes) -> str:
    """Store a file, and some time later record its verdict for a run that ended long ago, so that it holds nothing."""
    sha256 = write(Bucket.DOCS, content, "application/pdf")
    time.sleep(random.uniform(0, 3 * GRACE_SECONDS))
    with session_scope() as session:
        DatasheetCandidateService.replace(session, run_id, [DatasheetLead(url="https://x", source="user")])
    try:
        with session_scope() as session:
            outcome = CandidateOutcome(verdict=Verdict.OK, detail="", sha256=sha256)
            FetchCandidate().record(session, Claim(run_id, "datasheet.fetch", 0, 1, 0, None, None), outcome)
    except Transient as gone:
        return gone.code
    return "kept"


def test_verdicts_racing_with_collection(database: str, configure: Callable[..., None]) -> None:
    configure(DATABASE_POOL_SIZE=10, RETENTION_GARBAGE_GRACE_HOURS=GRACE_SECONDS / 3600)
    runs = [new_run() for _ in range(6)]
    with session_scope() as session:
        session.execute(update(PipelineRun).values(finished_at=func.now() - timedelta(days=30)))
    until = time.monotonic() + SECONDS

    def bring(number: int) -> set[str]:
        seen = set()
        while time.monotonic() < until:
            # Two runs each have the same file.
            seen.add(judge(runs[number], b"%d" % (number // 2) * 1000))
        return seen

    def collect(_number: int) -> int:
        deleted = 0
        while time.monotonic() < until:
            deleted += garbage.collect_garbage()
        return deleted

    with ThreadPoolExecutor(8) as pool:
        judged, collected = pool.map(bring, range(6)), pool.map(collect, range(2))
        assert set().union(*judged) == {"kept", "store_missing"}
        assert sum(collected) > 0
    with session_scope() as session:
        kept = session.scalars(select(DatasheetCandidate.blob_sha256)).all()
    keys = set(clients.object_store().keys(Bucket.DOCS))
    assert {content_key(sha256) for sha256 in kept if sha256} <= keys
