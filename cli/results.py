"""What became of photos: one document for programs, one table for people."""

from pydantic import JsonValue
from rich.table import Table

from cli.client import Client
from cli.console import plain
from schemas.base import Dto
from schemas.datasheet import DatasheetEvidence, Verdict
from schemas.evidence import Evidence
from schemas.ledger import Gap
from schemas.part import PartOut
from schemas.run import CandidateOut, RunOut
from schemas.suggestion import SuggestionField, SuggestionOut, SuggestionState

_OFFERED = (SuggestionState.ACCEPTED, SuggestionState.PROPOSED)


class DatasheetResult(Dto):
    """The datasheet that was stored."""

    sha256: str
    pages: int | None
    verdict: Verdict
    source_url: str | None
    evidence: DatasheetEvidence | None


class CandidateResult(Dto):
    """A candidate and its verdict."""

    url: str
    source: str
    verdict: Verdict | None


class Result(Dto):
    """What became of one photo."""

    photo: str
    run_id: str
    state: str
    id4: str | None
    manufacturer_code: str | None
    manufacturer: str | None
    confidence: float | None
    evidence: tuple[Evidence, ...]
    datasheet: DatasheetResult | None
    candidates: tuple[CandidateResult, ...]
    tags: tuple[str, ...]
    type: str | None
    slot: str | None
    gaps: tuple[Gap, ...]
    seconds: float


class Results(Dto):
    """What `--json` prints."""

    runs: tuple[Result, ...]


def result(client: Client, photo: str, run: RunOut) -> Result:
    """Gather what a run made of a photo."""
    part = client.part(run.part) if run.part else None
    number = _best(run, SuggestionField.PART_NUMBER)
    return Result(
        photo=photo,
        run_id=str(run.id),
        state=run.state,
        id4=run.part,
        manufacturer_code=part.manufacturer_code if part else None,
        manufacturer=part.manufacturer if part else None,
        confidence=number.confidence if number else None,
        evidence=number.evidence if number else (),
        datasheet=_datasheet(part) if part else None,
        candidates=tuple(_candidate(each) for each in run.candidates),
        tags=part.tags if part else (),
        type=part.type if part else None,
        slot=_slot(run),
        gaps=run.gaps,
        seconds=run.seconds,
    )


def _best(run: RunOut, field: SuggestionField) -> SuggestionOut | None:
    offered = [each for each in run.suggestions if each.field == field and each.state in _OFFERED]
    return max(offered, key=lambda each: (each.state == SuggestionState.ACCEPTED, each.confidence), default=None)


def _datasheet(part: PartOut) -> DatasheetResult | None:
    document = next((each for each in reversed(part.documents) if each.is_datasheet), None)
    if document is None or document.sha256 is None:
        return None
    return DatasheetResult(
        sha256=document.sha256,
        pages=document.pages,
        verdict=Verdict.OK,
        source_url=document.public_url,
        evidence=document.evidence,
    )


def _candidate(candidate: CandidateOut) -> CandidateResult:
    return CandidateResult(url=candidate.url, source=candidate.source, verdict=candidate.verdict)


def _slot(run: RunOut) -> str | None:
    stock = _best(run, SuggestionField.STOCK)
    value: JsonValue = (stock.accepted_value or stock.value) if stock else None
    slot = value.get("slot") if isinstance(value, dict) else None
    return slot if isinstance(slot, str) else None


def table(results: Results) -> Table:
    """Lay results out for a person."""
    shown = Table(title="What became of the photos", title_justify="left", header_style="bold", expand=False)
    shown.add_column("id4", no_wrap=True)
    shown.add_column("part number", no_wrap=True)
    for column in ("manufacturer", "identified by", "datasheet", "tags", "type", "slot", "s"):
        shown.add_column(column)
    for each in results.runs:
        shown.add_row(
            f"[bold]{each.id4}[/]",
            plain(each.manufacturer_code) or f"[yellow]{_question(each)}[/]",
            plain(each.manufacturer),
            _reasons(each),
            _sheet(each),
            plain(", ".join(each.tags)),
            plain(each.type),
            each.slot or "",
            f"{each.seconds:.1f}",
            end_section=True,
        )
    return shown


def _question(result: Result) -> str:
    return next((f"asks: {gap.reason.replace('_', ' ')}" for gap in result.gaps), result.state)


def _reasons(result: Result) -> str:
    kinds = " + ".join(dict.fromkeys(reason.kind for reason in result.evidence))
    return f"{kinds} {int(result.confidence * 100)}%" if result.confidence is not None else ""


def _sheet(result: Result) -> str:
    count = sum(each.verdict not in (None, Verdict.OK) for each in result.candidates)
    refused = f"[dim]{count} refused[/]" if count else ""
    if result.datasheet is None:
        return f"[yellow]none[/] {refused}".strip()
    return f"[green]{result.datasheet.verdict}[/], {result.datasheet.pages} pages\n{refused}".strip()
