"""How often the datasheet gate accepts the wrong file, and refuses the right one."""

import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.rows import read_rows
from clients.files.pdf_reader import PdfReader
from schemas.datasheet import PdfText, Verdict
from schemas.errors import Refused
from schemas.part_number import canonical_key
from services.datasheet import judge
from settings.groups import PdfSettings

_QUICK_FILES: Final = 40
_SECONDS_PER_FILE: Final = 20
_UNREADABLE: Final = frozenset({"hostile", "not_pdf"})
_STEP: Final = 7
_ASKED_ABOUT: Final = 5
_NUMBER: Final = re.compile(r"(?<![A-Z0-9])[A-Z]{2,6}-?[0-9]{3,6}[A-Z]{0,4}(?![A-Z0-9])")
_FALSE_ACCEPT_LIMIT: Final = 0.02
_FALSE_REJECT_LIMIT: Final = 0.10


class Question(NamedTuple):
    """Is this file the datasheet of this number? `right` is the true answer."""

    file: str
    kind: str
    mpn: str
    manufacturer: str | None
    right: bool


class Answered(NamedTuple):
    """A question, and what the reader or the gate said."""

    question: Question
    verdict: Verdict
    detail: str


def run(data: Path, *, quick: bool) -> dict[str, Any]:
    """Ask of every file in `data` (JSON lines) about its own number and about numbers of other rows.

    For a document that is not a datasheet, the questions include the numbers that it names most.

    Rates are of questions: false accepts of those with the answer no about files that are meant to be read, false
    rejects of those about checked datasheets.
    """
    began = time.monotonic()
    rows = read_rows(data, "file", "mpn")
    rows = _sample(rows) if quick else rows
    reader = PdfReader(PdfSettings(timeout_seconds=_SECONDS_PER_FILE))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        texts = list(pool.map(lambda row: _read(reader, data.parent / row["file"]), rows))
    answers = [
        _answer(question, text)
        for row, text in zip(rows, texts, strict=True)
        for question in (*_questions(row, rows, others=3 if quick else 12), *_about(row, text))
    ]
    measured = _measured(answers)
    measured["figures"] |= {"rows": len(rows), "seconds": round(time.monotonic() - began, 1)}
    return measured


def _sample(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    checked = [row for row in rows if row.get("kind") == "datasheet"]
    others = [row for row in rows if row.get("kind") != "datasheet"]
    return checked[:_QUICK_FILES] + others[:: max(1, len(others) // _QUICK_FILES)]


def _read(reader: PdfReader, file: Path) -> PdfText | Refused:
    try:
        return reader.read(file.read_bytes())
    except Refused as refused:
        return refused


def _questions(row: dict[str, Any], rows: list[dict[str, Any]], *, others: int) -> Iterator[Question]:
    file, kind = row["file"], row.get("kind") or "datasheet"
    mpn = row.get("mpn")
    if mpn:
        yield Question(file, kind, mpn, row.get("manufacturer"), right=kind.startswith("datasheet"))
    own = {canonical_key(code) for code in (mpn, *(row.get("acceptable") or ())) if code}
    candidates = [other["mpn"] for other in rows if other.get("mpn") and not _related(other["mpn"], own)]
    if candidates:
        # A stride walks all over the list, so that each number is asked of many files, and the same ones each time.
        start = sum(map(ord, file)) % len(candidates)
        for code in set(islice(cycle(candidates), start, start + others * _STEP, _STEP)):
            yield Question(file, kind, code, None, right=False)


def _about(row: dict[str, Any], text: PdfText | Refused) -> Iterator[Question]:
    if row.get("kind") == "not_datasheet" and isinstance(text, PdfText):
        named = Counter(number for page in text.pages for number in _NUMBER.findall(page.upper()))
        for number, _ in named.most_common(_ASKED_ABOUT):
            yield Question(row["file"], "not_datasheet", number, None, right=False)


def _related(code: str, own: set[str]) -> bool:
    key = canonical_key(code)
    return any(key.startswith(mine) or mine.startswith(key) for mine in own)


def _answer(question: Question, text: PdfText | Refused) -> Answered:
    if isinstance(text, Refused):
        return Answered(question, Verdict(text.code), text.detail)
    judgement = judge(text, manufacturer_code=question.mpn, manufacturer=question.manufacturer)
    return Answered(question, judgement.verdict, judgement.detail)


def _measured(answers: list[Answered]) -> dict[str, Any]:
    accepted = [answer for answer in answers if answer.verdict is Verdict.OK]
    false_accepts = [answer for answer in accepted if not answer.question.right]
    false_rejects = [answer for answer in answers if answer.question.right and answer.verdict is not Verdict.OK]
    checked = [answer for answer in answers if answer.question.right and answer.question.kind == "datasheet"]
    wrong = [answer for answer in answers if not answer.question.right and answer.question.kind not in _UNREADABLE]
    accept_rate = _rate(len(false_accepts), len(wrong))
    reject_rate = _rate(sum(answer.verdict is not Verdict.OK for answer in checked), len(checked))
    figures = {
        "questions": len(answers),
        "accepted_right": len(accepted) - len(false_accepts),
        "false_accepts": len(false_accepts),
        "false_rejects": len(false_rejects),
        "kinds": _by_kind(answers),
        "mistakes": [
            {"file": miss.question.file, "mpn": miss.question.mpn, "verdict": miss.verdict, "detail": miss.detail}
            for miss in (*false_accepts, *false_rejects)
        ],
    }
    return {
        "figures": figures,
        "checks": [
            _check("false accepts", accept_rate, _FALSE_ACCEPT_LIMIT),
            _check("false rejects of checked datasheets", reject_rate, _FALSE_REJECT_LIMIT),
        ],
    }


def _by_kind(answers: list[Answered]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for question, verdict, _ in answers:
        outcome = f"{'right' if question.right else 'wrong'}_{verdict}"
        counts.setdefault(question.kind, Counter())[outcome] += 1
    return {kind: dict(sorted(outcomes.items())) for kind, outcomes in sorted(counts.items())}


def _rate(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _check(name: str, value: float, limit: float) -> dict[str, Any]:
    return {"name": name, "value": value, "limit": limit, "ok": value < limit}
