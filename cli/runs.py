"""Looking at runs."""

from pathlib import Path
from uuid import UUID

import click
from rich.box import SIMPLE
from rich.table import Column, Table

from cli import options
from cli.client import Client, connect
from cli.console import console, plain
from schemas.ledger import RunState
from schemas.run import CandidateOut, RunOut, RunPage


@click.command(short_help="List the latest runs, or show one.")
@click.argument("run_id", metavar="[RUN]", required=False, type=click.UUID)
@click.option("--state", type=click.Choice([state.value for state in RunState]), help="Only runs in this state.")
@click.option("--pipeline", metavar="NAME", help="Only runs of this pipeline.")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True, help="How many.")
@click.option("--cancel", "verb", flag_value="cancel", help="Ask the run to stop.")
@click.option("--resume", "verb", flag_value="resume", help="Let the ended run go on where it lacks something.")
@click.option("--from-step", metavar="STEP", help="With --resume: go through it again from this step.")
@options.server
@options.data_dir
@options.as_json
def runs(
    run_id: UUID | None,
    verb: str | None,
    from_step: str | None,
    state: str | None,
    pipeline: str | None,
    limit: int,
    server: str | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    """List the latest runs, or show one with its steps, gaps and candidates, or cancel or resume it."""
    if verb and not run_id:
        raise click.UsageError(f"--{verb} needs the id of a run")
    with connect(server, data_dir) as client:
        if run_id:
            found: RunOut | RunPage = _act(client, run_id, verb, from_step)
        else:
            found = client.runs(state=state, pipeline=pipeline, limit=limit)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    for shown in _one(found) if isinstance(found, RunOut) else [_list(found)]:
        console().print(shown)


def _act(client: Client, run_id: UUID, verb: str | None, from_step: str | None) -> RunOut:
    match verb:
        case "cancel":
            return client.cancel(run_id)
        case "resume":
            return client.resume(run_id, from_step)
        case _:
            return client.run(run_id)


def _list(page: RunPage) -> Table:
    shown = Table(Column("run", no_wrap=True), "part", "state", "started", "pipeline", header_style="bold", box=SIMPLE)
    for run in page.runs:
        shown.add_row(str(run.id), run.part, run.state, f"{run.created_at.astimezone():%m-%d %H:%M}", run.pipeline)
    return shown


def _why(candidate: CandidateOut) -> str:
    place = f" (p. {candidate.page})" if candidate.page else ""
    return f"{candidate.detail or ''}{place}" + (f": “{candidate.quote}”" if candidate.quote else "")


def _one(run: RunOut) -> list[Table | str]:
    steps = Table("step", "index", "state", "attempts", "why", header_style="bold", title=f"{run.pipeline} {run.state}")
    for step in run.steps:
        why = f"{step.reason}: {step.detail}" if step.reason and step.detail else step.reason
        steps.add_row(step.name, str(step.index), step.state, str(step.attempt), plain(why))
    candidates = Table("datasheet candidate", "verdict", "why", header_style="bold")
    for each in run.candidates:
        candidates.add_row(plain(each.url), each.verdict, plain(_why(each)))
    gaps = [plain(f"gap in {gap.step}: {gap.reason}: {gap.detail}") for gap in run.gaps]
    return [steps, *([candidates] if run.candidates else []), *gaps, *([plain(run.error)] if run.error else [])]
