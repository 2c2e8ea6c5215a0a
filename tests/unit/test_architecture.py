"""What import contracts cannot see: task names, canvases, and where commits and the environment are touched."""

import inspect
import re
import tomllib
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
from celery.canvas import Signature

import pipelines  # noqa: F401 - registers them
from engine.canvas import key, leaves, without
from engine.pipeline import PIPELINES, RunSteps
from engine.worker.routes import Queue, route
from schemas import errors
from settings.errors import PartflowError
from tasks import celery_app

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NOT_SHIPPED = {"tests", "benchmarks"}
STAND_ALONE = {"pgchords", "planner"}
"Packages that know nothing of Partflow, and so neither its tree of errors nor its words."
DEFINES_A_TASK = re.compile(r"^(\w+ = as_task\(|@shared_task)", re.MULTILINE)


def packages() -> set[str]:
    return {path.parent.name for path in ROOT.glob("*/__init__.py")}


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in (ROOT / folder).rglob("*.py") if "tests" not in path.relative_to(ROOT).parts)


def canvas(pipeline: str) -> Signature[object]:
    return PIPELINES[pipeline].canvas(RunSteps("run", 1))


def test_contracts_cover_every_package() -> None:
    assert set(PYPROJECT["tool"]["importlinter"]["root_packages"]) == packages() - {"tests", "benchmarks"}


def test_benchmarks_import_support_but_no_tests() -> None:
    imported = {
        found
        for path in (ROOT / "benchmarks").rglob("*.py")
        for found in re.findall(r"(?:from|import) (tests\b[\w.]*)", path.read_text())
    }

    assert imported
    assert all(name.startswith("tests.support.") for name in imported)


def test_wheel_holds_what_is_shipped() -> None:
    shipped = {package["include"] for package in PYPROJECT["tool"]["poetry"]["packages"]}

    assert shipped == packages() - NOT_SHIPPED | {"migrations", "flower/flowerconfig.py"}


def test_worker_imports_every_task_module() -> None:
    on_disk = {
        str(path.relative_to(ROOT).with_suffix("")).replace("/", ".")
        for path in sources("tasks", "engine", "pgchords")
        if DEFINES_A_TASK.search(path.read_text())
    }

    assert on_disk | {"pipelines"} == set(celery_app.conf.include)


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_every_signature_fits_its_task(pipeline: str) -> None:
    for leaf in leaves(canvas(pipeline)):
        inspect.signature(celery_app.tasks[str(leaf.task)].run).bind(*leaf.args, **leaf.kwargs)


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_every_step_of_a_pipeline_has_a_queue(pipeline: str) -> None:
    for leaf in leaves(canvas(pipeline)):
        assert Queue((route(str(leaf.task)) or {})["queue"])


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_no_step_comes_twice_in_a_pipeline(pipeline: str) -> None:
    steps = [key(leaf) for leaf in leaves(canvas(pipeline))]

    assert len(steps) == len(set(steps))


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_resumed_canvas_has_just_what_is_left(pipeline: str) -> None:
    steps = [key(leaf) for leaf in leaves(canvas(pipeline))]
    for done in range(len(steps)):
        left = [key(leaf) for leaf in leaves(without(canvas(pipeline), set(steps[:done])))]

        assert left == steps[done:]


def test_flower_folder_is_no_package() -> None:
    assert not (ROOT / "flower" / "__init__.py").exists()


@pytest.mark.parametrize(
    ("pattern", "allowed"),
    [
        (r"\.commit\(", {"models/session.py"}),
        # The embedded stack and the backup hand their environment on to the programs that they start; the recogniser's
        # library has no other switch for what it tells its maker.
        (
            r"os\.environ|getenv",
            {
                "cli/backup/dump.py",
                "clients/markings/recogniser.py",
                "embedded/binaries.py",
                "embedded/programs.py",
                "settings/settings.py",
            },
        ),
    ],
)
def test_is_done_in_one_place(pattern: str, allowed: set[str]) -> None:
    layers = packages() - NOT_SHIPPED
    found = {str(path.relative_to(ROOT)) for path in sources(*layers) if re.search(pattern, path.read_text())}

    assert found <= allowed


def test_paths_named_in_docs_exist() -> None:
    for document in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for named in re.findall(r"`([a-z_]+/[a-z_/.]*)`", document.read_text()):
            assert (ROOT / named).exists(), f"{document.name} names {named}"


def test_every_error_is_in_the_tree() -> None:
    tree = inspect.getdoc(errors) or ""
    for module in re.findall(r"\((\w+(?:\.\w+)+)\)", tree):
        import_module(module)
    defined = {
        error.__name__
        for error in descendants(PartflowError)
        if not error.__name__.startswith("_") and not error.__module__.startswith("tests.")
    }

    assert defined == set(re.findall(r"[├└]── (\w+)", tree))


def test_no_error_stands_beside_the_tree() -> None:
    stray = re.compile(r"^class \w+\((Exception|ValueError|RuntimeError|LookupError)\)", re.MULTILINE)
    found = [path for path in sources(*packages() - NOT_SHIPPED - STAND_ALONE) if stray.search(path.read_text())]

    assert [str(path.relative_to(ROOT)) for path in found] == ["settings/errors.py"]


def descendants(error: type[Exception]) -> Iterator[type[Exception]]:
    for child in error.__subclasses__():
        yield child
        yield from descendants(child)


VERBS = {"create", "get", "find", "list", "update", "delete", "lock"}
"What can be done to every noun is called the same everywhere."
DOMAIN_VERBS = """
    accept adopt apply assign attach build canonicalise carry claim close count designate end ensure enter explain
    export extend fail fill finish give hand hold identify index join learn mark merge order plan propose raise
    rebuild receive record refuse reject release remember rename reopen reorder replace replay report resolve
    restore retire seize set settle share suggest sum take touch try undo wait withdraw
"""
"What can be done to some nouns only is called as their users call it."
EXCEPTIONS = {
    "BlobService.is_indexed",
    "DocumentService.is_datasheet_decided",
    "TagService.add_synonym",
    "TagService.remove_synonym",
}
"Questions, and what is done to the synonyms of a tag."


def test_services_call_the_same_thing_by_the_same_verb() -> None:
    methods = {name: method for name, method in service_methods() if name not in EXCEPTIONS}
    verbs = {name: name.partition(".")[2].partition("_")[0] for name in methods}

    assert {name for name, verb in verbs.items() if verb not in VERBS.union(DOMAIN_VERBS.split())} == set()
    assert set(verbs.values()) >= VERBS


def test_method_of_a_service_needs_a_session() -> None:
    without = {
        name for name, method in service_methods() if next(iter(inspect.signature(method).parameters)) != "session"
    }

    assert without - {"Ledger.claim", "Ledger.record"} == set()


def service_methods() -> Iterator[tuple[str, Callable[..., object]]]:
    for path in sources("services", "engine/ledger"):
        module = import_module(str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__"))
        for cls in vars(module).values():
            if (
                inspect.isclass(cls)
                and cls.__module__ == module.__name__
                and re.search(r"Service$|^Ledger$", cls.__name__)
            ):
                for name, method in vars(cls).items():
                    if isinstance(method, staticmethod) and not name.startswith("_"):
                        yield f"{cls.__name__}.{name}", method.__func__


def test_no_public_class_name_has_two_meanings() -> None:
    named: dict[str, list[str]] = {}
    for path in sources(*packages() - NOT_SHIPPED - STAND_ALONE):
        for name in re.findall(r"^class ([A-Z]\w*)", path.read_text(), re.MULTILINE):
            named.setdefault(name, []).append(str(path.relative_to(ROOT)))

    assert {name: paths for name, paths in named.items() if len(paths) > 1} == {}
