"""supervisord's configuration, as supervisord itself reads it."""

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from supervisor.options import UnhosedConfigParser  # type: ignore[import-untyped]  # supervisor has no types

from embedded import Program, Stage, health
from embedded.configuration import configuration
from embedded.layout import Layout

PRINTABLE = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1)


def _layout(folder: Path) -> Layout:
    return Layout(data=folder, home=folder, run=folder / "run", account=None)


def _read_back(programs: list[Program], folder: Path) -> dict[str, str]:
    parser = UnhosedConfigParser()
    parser.read_string(configuration(_layout(folder), programs))
    return {section: parser.get(section, "command") % {} for section in parser.sections() if "program:" in section}


@given(st.lists(PRINTABLE, min_size=1, max_size=4))
def test_every_word_reaches_the_program(words: list[str]) -> None:
    read = _read_back([Program(name="it", command=("run", *words, "end"))], Path("/data"))
    assert shlex.split(read["program:it"])[-len(words) - 1 : -1] == words


@pytest.mark.parametrize("stage", [Stage.WORK, Stage.FRONT])
def test_program_dies_with_the_supervisor(stage: Stage) -> None:
    read = _read_back([Program(name="it", command=("run",), stage=stage)], Path("/data"))
    assert read["program:it"].startswith("setpriv --pdeathsig KILL ")


def test_database_starts_first_and_stops_last() -> None:
    programs = [Program(name="api", command=("a",)), Program(name="pg", command=("b",), stage=Stage.DATABASE)]
    text = configuration(_layout(Path("/data")), programs)
    assert "[group:database]\nprograms=pg\npriority=1" in text
    assert "[group:front]\nprograms=api\npriority=3" in text


def test_no_stack_has_no_health(tmp_path: Path) -> None:
    assert health(tmp_path) == []
