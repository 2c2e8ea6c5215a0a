"""Parts are tagged again through the steps; the assistant is scripted."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from clients.assistant import Answered, Job, LocalAssistant
from engine.resume import resume
from models import PipelineRun
from models.session import session_scope
from pipelines.retag import start_retag
from pipelines.upkeep import start_due_retags
from schemas.assistant import TagAnswer, TagGuess, TagQuestion, TypeAnswer, TypeQuestion
from schemas.evidence import Evidence, EvidenceKind
from schemas.suggestion import AcceptSuggestion
from schemas.upkeep import UpkeepRequest
from services.part import PartService
from services.suggestion import SuggestionService
from services.type import TypeService
from tasks import clients
from tests.support.carrying import carry_out
from tests.support.rows import new_part


class Scripted(LocalAssistant):
    """Says what it is told, under the version that it is told."""

    def __init__(self) -> None:
        self.rules = "local/1"
        self.tags: dict[str, float] = {"op-amp": 0.9, "smd": 0.9}
        self.type: str | None = "Sensor"
        self.asked: list[str] = []

    def version(self, job: Job) -> str:
        return self.rules

    def suggest_tags(self, question: TagQuestion) -> Answered[TagAnswer]:
        self.asked.append(question.part.manufacturer_code)
        why = (Evidence(kind=EvidenceKind.RULE, quote=f"by {self.rules}"),)
        return Answered(
            TagAnswer(tags=tuple(TagGuess(tag=tag, confidence=sure, evidence=why) for tag, sure in self.tags.items()))
        )

    def suggest_type(self, question: TypeQuestion) -> Answered[TypeAnswer]:
        return Answered(TypeAnswer(type_name=self.type, confidence=0.9))


@pytest.fixture
def model(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    scripted = Scripted()
    monkeypatch.setattr(clients, "make_assistant", lambda settings: scripted)
    monkeypatch.setattr("pipelines.upkeep.publish", lambda runs: None)
    clients.assistant.cache_clear()
    with session_scope() as session:
        TypeService.ensure(session, ["Relay", "Sensor"])
    yield scripted
    clients.assistant.cache_clear()


@pytest.fixture
def part(model: Scripted) -> str:
    return new_part("LM358")


def retag(part: str) -> UUID:
    with session_scope() as session:
        run_id = start_retag(session, UpkeepRequest(part=part)).id
    carry_out(run_id)
    return run_id


def night() -> int:
    """Start what is due, and carry it out; then it is the next night."""
    started = start_due_retags()
    with session_scope() as session:
        open_runs = list(session.scalars(select(PipelineRun.id).where(PipelineRun.finished_at.is_(None))))
    for run_id in open_runs:
        carry_out(run_id)
    with session_scope() as session:
        session.execute(text("UPDATE part_upkeep SET started_at = started_at - interval '1 day'"))
        session.execute(text("UPDATE drifts SET night = night - 1"))
    return started


def words(id4: str) -> tuple[list[str], str | None]:
    with session_scope() as session:
        part = PartService.get(session, id4)
        return part.tags, part.type.name if part.type else None


def proposals(id4: str) -> list[Any]:
    with session_scope() as session:
        return [each.value for each in SuggestionService.list(session, id4, limit=9)]


def edit(part: str, **changes: object) -> None:
    with session_scope() as session:
        PartService.update(session, PartService.lock(session, part), changes)


def decide(part: str, decision: Callable[[Any, int], object]) -> None:
    with session_scope() as session:
        for each in SuggestionService.list(session, part, limit=9):
            decision(session, each.id)


def test_machine_s_words_are_set_and_then_only_what_differs(part: str, model: Scripted) -> None:
    retag(part)
    assert (words(part), proposals(part)) == ((["op-amp", "smd"], "Sensor"), [])
    model.tags, model.type = {"smd": 0.9, "dip": 0.9, "relay": 0.3}, "Relay"
    for _ in range(2):
        retag(part)
        assert (words(part), proposals(part)) == ((["smd", "dip"], "Relay"), [["relay"]])


def test_word_that_waits_is_set_once_it_is_sure(part: str, model: Scripted) -> None:
    model.tags = {"smd": 0.3}
    retag(part)
    assert (words(part)[0], proposals(part)) == ([], [["smd"]])
    model.tags = {"smd": 0.9}
    retag(part)
    assert (words(part)[0], proposals(part)) == (["smd"], [])


def test_model_proposes_what_it_would_replace(part: str, model: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.differences.is_local", lambda: False)
    retag(part)
    assert (words(part), proposals(part)) == ((["op-amp", "smd"], "Sensor"), [])
    model.tags, model.type = {"smd": 0.9, "dip": 0.9, "relay": 0.3}, "Relay"
    for _ in range(2):
        retag(part)
        assert (words(part), proposals(part)) == ((["op-amp", "smd"], "Sensor"), [["dip", "relay"], "Relay"])
    model.tags = {"smd": 0.9}
    retag(part)
    assert words(part)[0] == ["op-amp", "smd"]


def test_answer_that_knows_nothing_takes_nothing_away(part: str, model: Scripted) -> None:
    retag(part)
    model.tags, model.type = {}, None
    retag(part)
    assert (words(part), proposals(part)) == ((["op-amp", "smd"], "Sensor"), [])


def test_person_s_words_stay_and_what_differs_is_proposed_once(part: str, model: Scripted) -> None:
    edit(part, tags=["mine", "smd"], type="Relay")
    for _ in range(2):
        retag(part)
        assert (words(part), proposals(part)) == ((["mine", "smd"], "Relay"), [["op-amp"], "Sensor"])


def test_what_a_person_refused_is_not_proposed_again_whatever_speaks_for_it(part: str, model: Scripted) -> None:
    edit(part, tags=["mine"], type="Relay")
    retag(part)
    decide(part, SuggestionService.reject)
    model.rules = "local/2"
    retag(part)
    assert proposals(part) == []


def test_word_that_a_person_took_off_is_not_proposed_again(part: str, model: Scripted) -> None:
    retag(part)
    edit(part, tags=["op-amp"], type="Relay")
    retag(part)
    assert (words(part), proposals(part)) == ((["op-amp"], "Relay"), [])


def test_word_that_a_person_left_out_when_accepting_is_not_proposed_again(part: str, model: Scripted) -> None:
    model.type = None
    edit(part, tags=["mine"])
    retag(part)
    decide(part, lambda session, id_: SuggestionService.accept(session, id_, AcceptSuggestion(tags=("smd",))))
    retag(part)
    assert (words(part)[0], proposals(part)) == (["mine", "smd"], [])


def test_new_answer_takes_the_place_of_one_that_waits(part: str, model: Scripted) -> None:
    model.type = None
    edit(part, tags=["mine"])
    retag(part)
    model.tags = {"dip": 0.9}
    retag(part)
    assert proposals(part) == [["dip"]]


def test_part_is_due_when_anything_that_its_words_rest_on_is_another(part: str, model: Scripted) -> None:
    assert (night(), night()) == (1, 0)
    model.rules = "local/2"
    assert (night(), night()) == (1, 0)
    with session_scope() as session:
        TypeService.create(session, "Amplifier")
    assert (night(), night()) == (1, 0)
    edit(part, description="a dual amplifier")
    assert (night(), night()) == (1, 0)
    edit(part, seller="LCSC", tags=["mine"], type="Relay")
    assert night() == 0


def test_new_row_of_the_catalogue_is_new_text(part: str, client: FlaskClient) -> None:
    night()
    client.put(
        "/catalogue/parts", json={"source": "x", "parts": [{"manufacturer_code": "LM-358", "keywords": "opamp"}]}
    )
    assert (night(), night()) == (1, 0)


def test_nothing_is_due_of_which_nothing_is_known(model: Scripted) -> None:
    new_part()
    assert night() == 0


def test_day_has_its_limit_and_the_longest_waiting_come_first(model: Scripted, configure: Callable[..., None]) -> None:
    configure(RETAG_MAX_PER_DAY=2)
    for code in ("A1", "B2", "C3"):
        new_part(code)
    assert (start_due_retags(), start_due_retags()) == (2, 0)
    assert (night(), night(), night()) == (0, 1, 0)
    assert sorted(model.asked) == ["A1", "B2", "C3"]


def test_report_counts_by_cause_and_the_second_night_is_empty(part: str, model: Scripted, client: FlaskClient) -> None:
    other = new_part("NE555P")
    edit(other, tags=["mine"])
    assert (night(), night()) == (2, 0)
    (first,) = client.get("/drift").get_json()["nights"]
    assert first["parts"] == 2
    counted = {(each["field"], each["cause"], each["kind"], each["outcome"]): each["count"] for each in first["counts"]}
    assert counted == {
        ("tags", "first", "added", "set"): 1,
        ("tags", "first", "added", "proposed"): 1,
        ("type", "first", "added", "set"): 2,
    }
    model.rules, model.tags = "local/2", {"smd": 0.9, "dip": 0.9}
    assert (night(), night()) == (2, 0)
    latest = client.get("/drift?limit=1").get_json()["nights"][0]
    assert {(each["cause"], each["kind"]) for each in latest["counts"]} == {
        ("rules", "changed"),
        ("rules", "added"),
        ("rules", "unchanged"),
    }
    page = client.get(f"/drift/parts?kind=changed&night={latest['night']}").get_json()
    assert [(each["part"], each["added"], each["removed"]) for each in page["drifts"]] == [(part, ["dip"], ["op-amp"])]
    assert client.get(f"/drift/parts?part={other}&limit=1").get_json()["next"]


def test_resumed_run_is_counted_once(part: str, client: FlaskClient) -> None:
    run_id = retag(part)
    with session_scope() as session:
        resume(session, run_id, from_step="part.retag")
    carry_out(run_id)
    (night,) = client.get("/drift").get_json()["nights"]
    assert sum(each["count"] for each in night["counts"]) == 2


@pytest.mark.parametrize("night", ["0", "yesterday", "2026-13-01", "2026-11-28T00:00"])
def test_night_is_a_day(client: FlaskClient, night: str) -> None:
    answer = client.get(f"/drift/parts?night={night}")
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (400, "night")
