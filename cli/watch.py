"""Watching runs until they end, with a bar for each."""

import sys
import time
from collections import Counter
from collections.abc import Collection, Mapping
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from cli.client import Client
from cli.console import plain
from schemas.ledger import RunState, StepState
from schemas.run import RunOut

_POLL_SECONDS = 0.4

_STATE_COLOURS = {"succeeded": "green", "partial": "yellow", "failed": "red", "cancelled": "red"}


def watch(client: Client, runs: Mapping[UUID, str]) -> dict[UUID, RunOut]:
    """Poll runs, each with the name it is shown by, until all have ended; bars go to stderr."""
    ended: dict[UUID, RunOut] = {}
    with _progress() as progress:
        bars = {run_id: progress.add_task(plain(name), total=None, step="queued") for run_id, name in runs.items()}
        while len(ended) < len(runs):
            for run_id in runs.keys() - ended.keys():
                run = client.run(run_id)
                _show(progress, bars[run_id], run)
                if run.state.final:
                    ended[run_id] = run
            time.sleep(_POLL_SECONDS)
    return ended


def watch_batches(client: Client, batches: Collection[UUID]) -> None:
    """Poll batches until all their runs have ended, with one bar for all."""
    with _progress() as progress:
        bar = progress.add_task("photos", total=None, step="")
        while True:
            found = [client.batch(batch_id) for batch_id in batches]
            states = sum((Counter(batch.states) for batch in found), Counter[RunState]())
            done, total = (
                sum(each) for each in zip(*((b.progress.done, b.progress.total) for b in found), strict=True)
            )
            progress.update(bar, completed=done, total=total, step=", ".join(f"{n} {s}" for s, n in states.items()))
            if done == total:
                return
            time.sleep(_POLL_SECONDS)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description:<28.28}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[step]}"),
        console=Console(stderr=True, file=sys.stderr),
    )


def _show(progress: Progress, bar: TaskID, run: RunOut) -> None:
    at_work = next((step.name for step in run.steps if step.state in (StepState.RUNNING, StepState.WAITING)), "queued")
    colour = _STATE_COLOURS.get(run.state)
    progress.update(
        bar,
        completed=run.progress.done,
        total=run.progress.total,
        step=f"[{colour}]{run.state}[/]" if colour else at_work,
    )
    if run.state.final:
        progress.stop_task(bar)
