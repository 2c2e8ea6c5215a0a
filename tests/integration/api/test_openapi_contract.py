import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from sqlalchemy.orm import Session

from benchmarks.served import Served, serve
from embedded.layout import CHECKOUT
from engine.ledger.run import RunService
from engine.ledger.schedule import ScheduleService
from engine.worker.schedule import JOBS
from models import Batch, Part
from models.session import session_scope
from pipelines.reorg import start_plan
from schemas.intake import PartIntakeInput
from schemas.part_import import ImportOptions
from schemas.project import NewRequirement
from schemas.reorg import NewReorgPlan
from schemas.shopping import NewLine
from schemas.suggestion import SuggestionField
from services.box import BoxService
from services.document import DocumentService
from services.part_import import ImportFile, PartImportService
from services.project import ProjectService, RequirementService
from services.shopping import ShoppingService
from services.tag import TagService
from services.type import TypeService
from tasks import celery_app
from tasks.documents import prepare_document
from tests.support.carrying import carry_out
from tests.support.files import pdf, picture
from tests.support.rows import new_suggestion, put_stock

RULES = CHECKOUT / "tests" / "support" / "openapi_contract.toml"
TOKEN = "the-token-of-this-test"
PARTS = ("PART", "PARU", "PARV", "PARW", "PARX", "PARY")


@pytest.fixture
def server(database: str, tmp_path: Path) -> Iterator[Served]:
    """Serve the API as a process of its own, with rows that the rules name."""
    insert_rows()
    with serve(tmp_path, DATABASE_URL=database, API_TOKEN=TOKEN, API_THREADS=2) as server:
        yield server


def insert_rows() -> None:
    with session_scope() as session:
        for name in ("Relay", "Resistor", "Diode", "Fuse"):
            TypeService.create(session, name)
        for number, id4 in enumerate(PARTS):
            session.add(Part(id4=id4, manufacturer_code=f"NE55{number}P", tags=["smd", "own-word", "other-word"]))
        for _ in range(4):
            BoxService.create(session, description="a box", capacity=9)
        TagService.add_synonym(session, "smd", "surface-mounted")
        for number in range(2):
            DocumentService.create_link(session, PARTS[number], f"https://example.com/{number}")
        insert_runs(session)
        insert_projects(session)
        assert celery_app.conf.beat_scheduler, "the jobs are registered when Celery is configured"
        ScheduleService.ensure(session, JOBS.values(), datetime.now(UTC))
    for number, id4 in enumerate(PARTS, 1):
        put_stock(id4, 1, number, 50, UUID(int=number))
        new_suggestion(id4, SuggestionField.TYPE, "Relay")
        new_suggestion(id4, SuggestionField.TAGS, ["timer"])
    insert_plan()


def insert_plan() -> None:
    """Make a plan, as its run does."""
    with session_scope() as session:
        _plan, run = start_plan(session, NewReorgPlan(objective={"together": 9}, pinned=("PART",)), plan_id=numbered(5))
        run_id = run.id
    carry_out(run_id)


def insert_runs(session: Session) -> None:
    batch = Batch(id=numbered(3), total=2)
    session.add(batch)
    session.flush()
    for number in (1, 2):
        RunService.create(
            session,
            "part_intake",
            PartIntakeInput(manufacturer_code="NE555P"),
            subject=PARTS[0],
            steps=[("part.identify", 0), ("run.finish", 0)],
            deadline=3600,
            run_id=numbered(number),
            batch=batch,
        )
    file = ImportFile("parts.csv", b"part number\nLM358\n")
    PartImportService.create(session, numbered(4), file, ImportOptions(), total=1)


def insert_projects(session: Session) -> None:
    full, *_ = (
        ProjectService.create(session, name=name, description=None, builds=1)
        for name in ("Amplifier", "Pump", "Saw", "Kit")
    )
    RequirementService.create(session, full, [NewRequirement(part=id4, quantity=1) for id4 in PARTS])
    for number in range(12):
        line = ShoppingService.create(session, NewLine(text=f"cable {number}", quantity=2, project=full.id))
        if number % 2:
            ShoppingService.order(session, [line.id])


def numbered(number: int) -> UUID:
    return UUID(f"00000000-0000-4000-8000-{number:012}")


def upload(server: Served) -> None:
    """Hand in a document for most parts, and draw them."""
    with httpx2.Client(base_url=server.address, headers={"Authorization": f"Bearer {TOKEN}"}) as http:
        for number, id4 in enumerate(PARTS):
            content = picture() if number % 2 else pdf()
            answer = http.post(f"/parts/{id4}/documents", files={"file": ("a file", content)})
            prepare_document(answer.json()["sha256"])


def test_api_is_what_its_document_says(server: Served, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    upload(server)
    seed = pytestconfig.option.hypothesis_seed
    searched = () if seed is None else ("--seed", str(seed))
    command = (sys.executable, "-m", "schemathesis.cli", "--config-file", str(RULES), "run", "--no-color")
    ran = subprocess.run(
        (*command, *searched, f"{server.address}/docs/openapi.json"),
        cwd=tmp_path,
        env={**os.environ, "PARTFLOW_API_TOKEN": TOKEN},
        check=False,
        capture_output=True,
        text=True,
    )
    print(ran.stdout)
    assert ran.returncode == 0
