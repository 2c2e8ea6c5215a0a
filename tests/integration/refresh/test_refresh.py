"""A datasheet is refreshed from a site over HTTP, through the steps."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from engine.resume import resume
from models import Document
from models.session import session_scope
from pipelines.refresh import start_refresh
from schemas.datasheet import Verdict
from schemas.document import DocumentFields
from schemas.upkeep import UpkeepRequest
from services.datasheet import DatasheetSourceService
from services.document import BlobService, DocumentService
from services.suggestion import SuggestionService, SuggestionUndoService
from tasks import clients
from tests.support.carrying import carry_out
from tests.support.sheet_site import SheetSite
from tests.support.sheets import part_with_sheet, sheet

PATH = "/sheet.pdf"
C, D, B = (hashlib.sha256(sheet(each)).hexdigest() for each in "CDB")


@pytest.fixture
def site(database: str, configure: Callable[..., None]) -> Iterator[SheetSite]:
    with SheetSite() as site:
        configure(
            FETCH_ALLOWED_ADDRESSES=site.endpoint,
            FETCH_MIN_RATE=1_000_000,
            FETCH_RATE_SECONDS=0.5,
            REFRESH_HOST_SECONDS=0.001,
        )
        clients.fetcher.cache_clear()
        site.put(PATH, sheet())
        yield site
    clients.fetcher.cache_clear()


def refresh(part: str) -> UUID:
    with session_scope() as session:
        run_id = start_refresh(session, UpkeepRequest(part=part)).id
    carry_out(run_id)
    return run_id


def documents(part: str) -> dict[str, Document]:
    with session_scope() as session:
        return {str(each.blob_sha256): each for each in DocumentService.list(session, part)}


def datasheet(part: str) -> str | None:
    with session_scope() as session:
        found = DocumentService.find_datasheet(session, part)
        return found.blob_sha256 if found else None


def proposals(part: str) -> list[dict[str, Any]]:
    with session_scope() as session:
        return [each.value for each in SuggestionService.list(session, part, limit=9)]


def verdicts(part: str) -> dict[str, str]:
    with session_scope() as session:
        return {each.url.rpartition("/")[2]: each.verdict for each in DatasheetSourceService.list(session, part)}


def states(client: FlaskClient, run_id: UUID) -> tuple[str, list[str]]:
    run = client.get(f"/pipelines/runs/{run_id}").get_json()
    return run["state"], [gap["reason"] for gap in run["gaps"]]


def test_unchanged_file_is_asked_for_and_then_not_even_sent(site: SheetSite, client: FlaskClient) -> None:
    part = part_with_sheet(site.url(PATH))
    assert [states(client, refresh(part)) for _ in range(2)] == [("succeeded", [])] * 2
    assert [visit.conditional for visit in site.visits] == [False, True]
    assert (list(documents(part)), proposals(part), verdicts(part)) == ([C], [], {"sheet.pdf": Verdict.OK})


def test_later_file_is_kept_beside_and_proposed_with_what_changed(site: SheetSite, client: FlaskClient) -> None:
    part = part_with_sheet(site.url(PATH))
    refresh(part)
    site.put(PATH, sheet("D"))
    run = client.post("/pipelines/datasheet-refresh/runs", json={"part": part}).get_json()["runs"][0]
    carry_out(run["id"])

    found = {each["sha256"]: each for each in client.get(f"/parts/{part}").get_json()["documents"]}
    assert {sha256: each["is_datasheet"] for sha256, each in found.items()} == {C: True, D: False}
    assert found[D]["revision_of"] == found[C]["id"]
    changes = found[D]["changes"]
    assert changes["before"] == {"revision": "C", "date": "2024-03", "pages": 7}
    assert changes["after"] == {"revision": "D", "date": "2025-05", "pages": 7}
    assert [each["page"] for each in changes["changed"]] == [1, 3]
    (suggestion,) = client.get(f"/pipelines/runs/{run['id']}").get_json()["suggestions"]
    assert (suggestion["field"], suggestion["value"]["sha256"]) == ("datasheet", D)
    assert suggestion["value"]["summary"] == changes["summary"]
    assert client.get(suggestion["links"]["document"]).status_code == 200
    with session_scope() as session:
        assert BlobService.is_indexed(session, D)

    refresh(part)
    assert len(proposals(part)) == 1
    client.post(f"/suggestions/{suggestion['id']}/accept", json={})
    assert (datasheet(part), documents(part)[C].is_datasheet, documents(part)[D].datasheet_by) == (D, False, "person")
    with session_scope() as session:
        SuggestionUndoService.undo(session, suggestion["id"])
    assert (datasheet(part), len(proposals(part))) == (C, 1)


def test_later_file_becomes_the_datasheet_if_the_settings_say_so(
    site: SheetSite, configure: Callable[..., None]
) -> None:
    configure(REFRESH_ADOPT="adopt")
    part = part_with_sheet(site.url(PATH))
    site.put(PATH, sheet("D"))
    refresh(part)
    assert (datasheet(part), documents(part)[C].is_datasheet, proposals(part)) == (D, False, [])
    assert documents(part)[D].datasheet_by == "machine"


def test_person_s_choice_stays(site: SheetSite, configure: Callable[..., None]) -> None:
    configure(REFRESH_ADOPT="adopt")
    part = part_with_sheet(site.url(PATH))
    with session_scope() as session:
        chosen = DocumentService.lock(session, documents(part)[C].id)
        DocumentService.update(session, chosen, DocumentFields(is_datasheet=True))
    site.put(PATH, sheet("D"))
    refresh(part)
    assert (datasheet(part), [value["sha256"] for value in proposals(part)]) == (C, [D])


def test_refused_file_is_not_proposed_again(site: SheetSite) -> None:
    part = part_with_sheet(site.url(PATH))
    site.put(PATH, sheet("D"))
    refresh(part)
    with session_scope() as session:
        (suggestion,) = SuggestionService.list(session, part, limit=9)
        SuggestionService.reject(session, suggestion.id)
        DocumentService.delete(session, documents(part)[D].id)
    refresh(part)
    assert (proposals(part), list(documents(part))) == ([], [C])


def test_older_file_is_kept_and_not_proposed(site: SheetSite, configure: Callable[..., None]) -> None:
    configure(REFRESH_ADOPT="adopt")
    part = part_with_sheet(site.url(PATH))
    site.put(PATH, sheet("B"))
    refresh(part)
    assert (set(documents(part)), datasheet(part), proposals(part)) == ({C, B}, C, [])


def test_file_that_moved_is_found_and_then_not_sent(site: SheetSite, client: FlaskClient) -> None:
    part = part_with_sheet(site.url(PATH))
    site.put("/v2/sheet.pdf", sheet())
    site.move(PATH, "/v2/sheet.pdf")
    assert [states(client, refresh(part)) for _ in range(2)] == [("succeeded", [])] * 2
    sent = [(visit.path, visit.conditional) for visit in site.visits]
    assert sent == [(PATH, False), ("/v2/sheet.pdf", False), (PATH, False), ("/v2/sheet.pdf", True)]
    assert list(documents(part)) == [C]


def test_address_that_is_gone_is_named_and_the_copy_stays(site: SheetSite, client: FlaskClient) -> None:
    part = part_with_sheet(site.url(PATH))
    site.remove(PATH)
    run_id = refresh(part)
    assert states(client, run_id) == ("partial", ["unreachable"])
    assert client.get(f"/pipelines/runs/{run_id}").get_json()["heal_at"] is None
    assert (datasheet(part), verdicts(part)) == (C, {"sheet.pdf": Verdict.UNREACHABLE})
    (source,) = client.get(f"/parts/{part}/datasheet-sources").get_json()["sources"]
    assert (source["url"], source["verdict"]) == (site.url(PATH), "unreachable")


def test_other_addresses_are_tried_when_the_first_is_gone(site: SheetSite, client: FlaskClient) -> None:
    part = part_with_sheet(site.url(PATH))
    site.put("/mirror.pdf", sheet("D"))
    entry = {"manufacturer_code": "TLV9062IDR", "datasheet_url": site.url("/mirror.pdf")}
    assert client.put("/catalogue/parts", json={"source": "demo", "parts": [entry]}).status_code == 200
    refresh(part)
    assert "/mirror.pdf" not in [visit.path for visit in site.visits]
    site.remove(PATH)
    refresh(part)
    assert verdicts(part) == {"sheet.pdf": Verdict.UNREACHABLE, "mirror.pdf": Verdict.OK}
    assert (datasheet(part), [value["sha256"] for value in proposals(part)]) == (C, [D])


@pytest.mark.parametrize(
    ("path", "verdict"),
    [("/slow.pdf", Verdict.TIMEOUT), ("/other.pdf", Verdict.WRONG_PART), ("/none", Verdict.NOT_PDF)],
)
def test_hostile_answer_is_a_verdict(site: SheetSite, client: FlaskClient, path: str, verdict: Verdict) -> None:
    part = part_with_sheet(site.url(path))
    site.answer("/slow.pdf", lambda visit: visit.drip(sheet("D")))
    site.put("/other.pdf", sheet(of=1))
    site.answer("/none", lambda visit: visit.file(b"no PDF"))
    assert states(client, refresh(part)) == ("partial", [verdict])
    assert (list(documents(part)), list(verdicts(part).values())) == ([C], [verdict])


def test_upload_of_a_person_has_no_address_to_ask(site: SheetSite, client: FlaskClient) -> None:
    part = part_with_sheet(None)
    assert states(client, refresh(part)) == ("partial", ["no_leads"])
    assert site.visits == []


def test_part_without_a_datasheet_is_left_alone(site: SheetSite, client: FlaskClient) -> None:
    part = part_with_sheet(site.url(PATH))
    with session_scope() as session:
        DocumentService.delete(session, documents(part)[C].id)
    assert states(client, refresh(part)) == ("succeeded", [])


def test_resumed_refresh_proposes_once(site: SheetSite) -> None:
    part = part_with_sheet(site.url(PATH))
    site.put(PATH, sheet("D"))
    run_id = refresh(part)
    with session_scope() as session:
        resume(session, run_id, from_step="datasheet.revise")
    carry_out(run_id)
    assert len(proposals(part)) == 1


def test_changed_number_withdraws_the_proposal(site: SheetSite, client: FlaskClient) -> None:
    part = part_with_sheet(site.url(PATH))
    site.put(PATH, sheet("D"))
    refresh(part)
    client.patch(f"/parts/{part}", json={"manufacturer_code": "OTHER1"})
    assert proposals(part) == []
