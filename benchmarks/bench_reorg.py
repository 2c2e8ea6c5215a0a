"""Whether plans that tidy up are made fast, save most early, and are all but optimal where that can be proven."""

import json
import math
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any, Final

from benchmarks import bench_slots
from benchmarks.reorg_curves import TYPES_ONLY, bound, by_chance, gain_after
from benchmarks.reorg_exact import solve
from benchmarks.reorg_layouts import Instance, shuffled, small, untidy, with_projects
from planner import PRESETS, Plan, plan, replay, sittings

_SIZES: Final = (10_000, 100_000, 500_000)
_LIMITS: Final = {100_000: (2.0, 120.0), 500_000: (12.0, 550.0)}
"CPU seconds and megabytes by placements."
_EXPONENT: Final = 1.2
_EARLY: Final = {0.10: 0.97, 0.25: 0.88, 0.50: 0.90}
"The least share of the bound by the share of the moves."
_BY_CHANCE: Final = 2.8
_HAND, _OPEN, _MOVES_EACH = 8, 5, 12.0
_OPENED = 0.75
"The boxes that a build opens after a plan for picking, as a share of those before."
_INSTANCES, _QUICK_INSTANCES, _SOLVER_SECONDS = 240, 12, 20.0
_INSTALL: Final = f"{sys.executable} -m pip install --require-hashes -r requirements/benchmark.txt"
_MISSED_MEAN, _MISSED_WORST, _OPTIMAL, _SECONDS = 0.003, 0.03, 0.95, 0.5


def run(*, quick: bool) -> dict[str, Any]:
    """Plan shuffled, tidy, full and small layouts."""
    figures: dict[str, Any] = {}
    checks: list[dict[str, Any]] = []
    for part in (_speed, _curve, _tidy, _full, _sittings, _picking, _exact, _slots):
        _say(part.__name__.strip("_"))
        for name, value, limit, least in part(quick=quick):
            figures[name] = value
            if limit is not None:
                ok = value >= limit if least else value <= limit
                checks.append({"name": name, "value": value, "limit": limit, "ok": ok})
    return {"figures": figures, "checks": checks}


type _Found = Iterator[tuple[str, Any, float | None, bool]]
"Name, value, limit or none, and whether the value has to reach the limit instead of staying below it."


def _say(what: str) -> None:
    print(f"partflow: {what}", file=sys.stderr)


def _speed(*, quick: bool) -> _Found:
    seconds = {}
    for size in _SIZES[:1] if quick else _SIZES:
        command = [sys.executable, "-m", "benchmarks.reorg_child", str(size)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        seconds[size] = found["seconds"]
        most, memory = _LIMITS.get(size, (None, None))
        yield f"{size:,} placements: CPU seconds", round(found["seconds"], 2), most, False
        yield f"{size:,} placements: peak MB, with the layout", round(found["megabytes"]), memory, False
        yield f"{size:,} placements: moves", found["moves"], None, False
    if not quick:
        small_size, large = min(seconds), max(seconds)
        exponent = math.log(seconds[large] / seconds[small_size]) / math.log(large / small_size)
        yield f"exponent from {small_size:,} to {large:,}", round(exponent, 2), _EXPONENT, False


def _curve(*, quick: bool) -> _Found:
    layout = shuffled(10_000 if quick else 100_000)
    found = plan(layout, TYPES_ONLY)
    chance = by_chance(layout)
    for share, least in _EARLY.items():
        moves = share * found.moves
        gain = gain_after(found.steps, moves)
        yield f"share of the gain after {share:.0%} of the moves", round(gain / found.before.score, 3), None, True
        yield f"of the bound after {share:.0%} of the moves", round(gain / bound(layout, moves), 3), least, True
    total = sum(len(step.moves) for step in chance)
    yield "moves", found.moves, None, False
    yield "moves in an order of chance", total, None, False
    ahead = gain_after(found.steps, 0.25 * found.moves) / gain_after(chance, 0.25 * total)
    yield "times the gain of an order of chance after 25% of the moves", round(ahead, 2), _BY_CHANCE, True


def _tidy(*, quick: bool) -> _Found:
    worst = 0
    for name in ("fewest_moves", "gaps", "types", "kin"):
        for size in (300, 3_000) if quick else (40, 300, 3_000, 30_000):
            layout = shuffled(size, capacity=10 if size == 40 else 60)
            result = replay(layout, plan(layout, PRESETS[name]).steps)
            worst = max(worst, plan(result, PRESETS[name]).moves)
    yield "moves of an own result planned again, at most", worst, 0, False


def _full(*, quick: bool) -> _Found:
    layout = shuffled(3_000 if quick else 30_000, fill=1.0)
    found = plan(layout, PRESETS["types"])
    sizes = Counter(len(step.moves) for step in found.steps)
    replay(layout, found.steps)
    yield "all boxes full: bags in a cycle, at most", max(sizes), _HAND, False
    yield "all boxes full: bags in a cycle, on average", round(found.moves / len(found.steps), 1), None, False
    yield "all boxes full: score before", found.before.score, None, False
    yield "all boxes full: score after", found.after.score, None, False


def _sittings(*, quick: bool) -> _Found:
    messy = shuffled(800)
    tidy = replay(messy, plan(messy, PRESETS["types"]).steps)
    layouts = {"30% put back anywhere": untidy(tidy, 0.3)}
    if not quick:
        layouts["shuffled"] = messy
    for name, layout in layouts.items():
        found = plan(layout, PRESETS["types"])
        grouped = sittings(found.steps, open_boxes=_OPEN)
        replay(layout, [step for sitting in grouped for step in sitting.steps])
        yield f"800 parts, {name}: boxes open, at most", max(len(each.boxes) for each in grouped), _OPEN, False
        yield f"800 parts, {name}: moves of a sitting", round(found.moves / len(grouped), 1), _MOVES_EACH, True


def _picking(*, quick: bool) -> _Found:
    messy = shuffled(800)
    layouts = {"sorted by type": replay(messy, plan(messy, PRESETS["types"]).steps)}
    if not quick:
        layouts["shuffled"] = messy
    for name, layout in layouts.items():
        asked = with_projects(layout)
        found = plan(asked, PRESETS["picking"])
        replay(asked, found.steps)
        before, after = found.before.boxes_per_pick, found.after.boxes_per_pick
        yield f"800 parts, {name}: boxes opened for a build, before", round(before, 1), None, False
        yield f"800 parts, {name}: boxes opened for a build, after", round(after, 1), None, False
        yield f"800 parts, {name}: boxes opened, share of before", round(after / before, 2), _OPENED, False


def _exact(*, quick: bool) -> _Found:
    if find_spec("ortools") is None:
        _say(f"CP-SAT is not installed, so its checks are skipped; install it with: {_INSTALL}")
        yield "against the exact solver", "skipped: CP-SAT is not installed", None, False
        return
    missed, seconds = [], []
    by_name: dict[str, list[float]] = {}
    for instance in small(_QUICK_INSTANCES if quick else _INSTANCES):
        began = time.process_time()
        found = plan(instance.layout, instance.objective, max_moves=instance.max_moves)
        seconds.append(time.process_time() - began)
        best = solve(instance, _SOLVER_SECONDS)
        if best.proven:
            missed.append(_missed(instance, found, best.cost))
            by_name.setdefault(instance.name, []).append(missed[-1])
    yield "instances proven by the exact solver", len(missed), None, True
    yield "missed share of the gain, mean", round(statistics.mean(missed), 5), _MISSED_MEAN, False
    yield "missed share of the gain, worst", round(max(missed), 4), _MISSED_WORST, False
    yield "plans that are optimal", round(sum(each < 1e-4 for each in missed) / len(missed), 3), _OPTIMAL, True
    yield "CPU seconds of a plan, at most", round(max(seconds), 2), _SECONDS, False
    yield "CPU seconds of a plan, mean", round(statistics.mean(seconds), 2), None, False
    for name, each in by_name.items():
        yield f"missed share of the gain, mean, {name}", round(statistics.mean(each), 5), None, False


def _slots(*, quick: bool) -> _Found:
    measured = bench_slots.run(quick=quick)
    for name, value in measured["figures"].items():
        yield f"free slots, {name}", value, None, False
    for check in measured["checks"]:
        yield f"free slots, {check['name']}", check["value"], check["limit"], False


def _missed(instance: Instance, found: Plan, best: float) -> float:
    """Return which share of the gain that can be had, less the cost of moves, a plan misses."""
    achievable = found.before.score - best
    cost = found.after.score + instance.objective.moves * found.moves
    return (cost - best) / achievable if achievable > 1e-6 else 0.0
