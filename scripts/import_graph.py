"""Print the import graph of the checkout that is the current folder, as Markdown.

Modules, arrows and circles are counted for each package: `PYTHONPATH=. python scripts/import_graph.py`.
"""

from itertools import combinations
from pathlib import Path

from grimp import ImportGraph, build_graph

NOT_SHIPPED = {"benchmarks", "tests"}


def main() -> None:
    """Measure the checkout that is the current folder."""
    packages = sorted(path.parent.name for path in Path().glob("*/__init__.py") if path.parent.name not in NOT_SHIPPED)
    graph = build_graph(packages[0], *packages[1:])
    print("| package | modules | arrows inside | arrows out | circles inside |\n|---|---|---|---|---|")
    for package in packages:
        print(f"| `{package}/` | {' | '.join(map(str, _row(graph, package)))} |")
    between = {(_top(a), _top(b)) for a, b in _arrows(graph) if _top(a) != _top(b)}
    circles = [f"{a} ↔ {b}" for a, b in combinations(packages, 2) if {(a, b), (b, a)} <= between]
    print(f"\nPackages that import each other: {', '.join(circles) or 'none'}.")
    both = sum({_top(a), _top(b)} == {"engine", "services"} for a, b in _arrows(graph))
    print(f"Arrows between `services/` and `engine/`: {both}.")


def _row(graph: ImportGraph, package: str) -> tuple[int, int, int, int]:
    mine = {module for module in graph.modules if _top(module) == package}
    inside = [(a, b) for a, b in _arrows(graph) if a in mine and b in mine]
    out = [(a, b) for a, b in _arrows(graph) if a in mine and b not in mine]
    broken = sum(len(graph.nominate_cycle_breakers(parent)) for parent in mine if graph.find_children(parent))
    return len(mine), len(inside), len(out), broken


def _arrows(graph: ImportGraph) -> list[tuple[str, str]]:
    return [(a, b) for a in graph.modules for b in graph.find_modules_directly_imported_by(a)]


def _top(module: str) -> str:
    return module.partition(".")[0]


if __name__ == "__main__":
    main()
