import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from cli.story import of_ledger, of_logs
from schemas.ledger import Lane, RunState, StepState
from schemas.run import Progress, RunOut, StepOut

RUN = UUID("00000000-0000-4000-8000-000000000001")


def at(second: int) -> datetime:
    return datetime(2026, 11, 28, 12, 0, second, tzinfo=UTC)


def step(name: str, state: StepState, *, index: int = 0, reason: str | None = None) -> StepOut:
    return StepOut(
        name=name,
        index=index,
        state=state,
        attempt=1,
        reason=reason,
        detail=reason and "no address is known",
        not_before=None,
        started_at=at(1),
        finished_at=at(2),
    )


def run(*steps: StepOut) -> RunOut:
    return RunOut(
        id=RUN,
        pipeline="part_intake",
        state=RunState.PARTIAL,
        lane=Lane.INTERACTIVE,
        batch=None,
        part="ABCD",
        waiting_for=None,
        heal_at=None,
        created_at=at(0),
        finished_at=at(3),
        links={},
        input={},
        progress=Progress(done=2, total=2),
        steps=steps,
        gaps=(),
        candidates=(),
        suggestions=(),
        error=None,
        seconds=3.0,
    )


def test_rows_tell_how_steps_began_and_ended() -> None:
    told = run(step("datasheet.fetch", StepState.SUCCEEDED, index=2), step("part.tag", StepState.GAP, reason="nothing"))
    assert [line.text for line in of_ledger(told)] == [
        "run of part_intake was accepted",
        "datasheet.fetch 2 began",
        "datasheet.fetch 2 succeeded",
        "part.tag began",
        "part.tag gap (nothing: no address is known)",
        "run ended partial",
    ]


def test_lines_of_the_run_are_found_in_all_files_and_both_forms(tmp_path: Path) -> None:
    line = {"timestamp": "2026-11-28T12:00:01Z", "event": "step ended", "run": str(RUN), "state": "gap"}
    (tmp_path / "worker.log.1").write_text(json.dumps(line) + "\n{broken " + str(RUN) + "\n")
    (tmp_path / "api.log").write_text(
        "2026-11-28T12:00:00.5Z [info     ] answered   path='/parts' request='asked-7'\n"
        "2026-11-28T12:00:00.6Z [info     ] answered   path='/parts' request='asked-8'\n"
        f"2026-11-28T12:00:02Z [error    ] step broke run='{RUN}'\nTraceback (most recent call last):\n  ValueError\n"
        "2026-11-28T12:00:03Z [info     ] answered   path='/boxes'\n"
    )
    asked, broke, ended = of_logs(tmp_path, str(RUN), "asked-7")
    assert (asked.at.microsecond, asked.program, "asked-7" in asked.text) == (500_000, "api", True)
    assert broke.text.endswith("Traceback (most recent call last):\n  ValueError")
    assert (ended.program, ended.text, ended.fields) == ("worker", "step ended", {"run": str(RUN), "state": "gap"})
