"""A plan as a table that is read at the shelf."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.box import SIMPLE
from rich.console import RenderableType
from rich.table import Table

from cli.console import plain, visible
from schemas.reorg import ReorgFigures, ReorgMoveOut, ReorgMoveState, ReorgPlanOut, ReorgPlanState

_TICKS = {
    ReorgMoveState.PROPOSED: "☐",
    ReorgMoveState.APPLIED: "[green]✓[/green]",
    ReorgMoveState.REFUSED: "[red]✗[/red]",
    ReorgMoveState.UNDONE: "[yellow]↩[/yellow]",
}


def plan_table(plan: ReorgPlanOut) -> Iterator[RenderableType]:
    """Yield what is printed of a plan: its moves by sittings, and what they bring."""
    total = (plan.before.score - plan.after.score) if plan.before and plan.after else 0.0
    # What is not listed is applied already.
    gained = total - sum(move.gain for move in plan.moves)
    for sitting, group in groupby(plan.moves, key=lambda move: move.sitting):
        moves = list(group)
        boxes = sorted({slot.box_no for move in moves for slot in (move.from_slot, move.to_slot)})
        title = f"sitting {sitting}: open {'box' if len(boxes) == 1 else 'boxes'} {', '.join(map(str, boxes))}"
        shown = Table("", "move", "part", "from", "to", "pieces", "what it is", "gain so far", box=SIMPLE, title=title)
        shown.title_justify = "left"
        for _, step in groupby(moves, key=lambda move: move.step):
            gained += _add(shown, list(step), gained, total)
        yield shown
    yield f"plan {plan.id}: {_summary(plan)}"
    if plan.before and plan.after:
        yield _compared(plan.before, plan.after)


def said(step: Sequence[ReorgMoveOut], *, back: bool) -> str:
    """Return what to do at the shelf for one step, as a sentence."""
    ways = [(move.to_slot, move.from_slot) if back else (move.from_slot, move.to_slot) for move in step]
    names = [f"{move.part} ({visible(move.manufacturer_code or move.description)})" for move in step]
    if len(step) == 1:
        ((origin, target),) = ways
        return f"move {step[0].number}: take {names[0]} from {origin}, and put it into {target}"
    taken = ", ".join(f"{name} from {origin}" for name, (origin, _) in zip(names, ways, strict=True))
    put = ", ".join(f"{move.part} into {target}" for move, (_, target) in zip(step, ways, strict=True))
    return f"moves {step[0].number} to {step[-1].number}: take {taken}; then put {put}"


def _add(shown: Table, step: Sequence[ReorgMoveOut], gained: float, total: float) -> float:
    """Add the rows of a step, and return what it gains."""
    gain = sum(move.gain for move in step)
    for move in step:
        is_last = move is step[-1]
        what = f"{move.manufacturer_code or ''} {move.description or ''}".strip()
        reason = f"\n[red]{plain(move.reason)}[/red]" if move.reason else ""
        shown.add_row(
            _TICKS[move.state],
            str(move.number),
            f"[bold]{move.part}[/bold]",
            str(move.from_slot),
            str(move.to_slot),
            str(move.quantity),
            plain(what) + ("" if len(step) == 1 else " [dim](by hand, at once)[/dim]") + reason,
            f"{(gained + gain) / total:.0%}" if is_last and total else "",
        )
    return gain


def _summary(plan: ReorgPlanOut) -> str:
    if plan.state is ReorgPlanState.FAILED:
        return f"failed; {plain(plan.error)}"
    counts = plan.counts
    if plan.state is ReorgPlanState.READY and not counts.total:
        return "there is nothing to move"
    until = f", until {plan.expires_at:%Y-%m-%d %H:%M} UTC" if plan.expires_at else ""
    changed = "; stock has changed since" if plan.has_changed else ""
    refused = f", {counts.refused} refused" if counts.refused else ""
    undone = f", {counts.undone} undone" if counts.undone else ""
    return f"{plan.state}{until}; {counts.applied} of {counts.total} moves applied{refused}{undone}{changed}"


def _compared(before: ReorgFigures, after: ReorgFigures) -> str:
    pairs = (
        ("boxes per type", f"{before.boxes_per_type:.2f}", f"{after.boxes_per_type:.2f}"),
        ("gaps", str(before.gaps), str(after.gaps)),
        ("distance of kin", f"{before.kin:.2f}", f"{after.kin:.2f}"),
        ("uses in front", f"{before.front:.0%}", f"{after.front:.0%}"),
        ("boxes per pick list", f"{before.boxes_per_pick:.1f}", f"{after.boxes_per_pick:.1f}"),
    )
    return "; ".join(f"{name} {old} → {new}" for name, old, new in pairs)
