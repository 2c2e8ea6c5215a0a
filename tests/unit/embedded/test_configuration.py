"""supervisord's configuration, as supervisord itself reads it."""

import shlex
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from supervisor.options import UnhosedConfigParser  # type: ignore[import-untyped]  # supervisor has no types

from embedded import EmbeddedError, Phase, Program, health
from embedded.configuration import configuration
from embedded.layout import Layout

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"))


def _layout(folder: Path) -> Layout:
    return Layout(data=folder, home=folder, run=folder / "run", account=None)


def _read_back(programs: list[Program]) -> dict[str, str]:
    """Read the commands back from a file, as supervisord does, because that is where line breaks are changed."""
    parser = UnhosedConfigParser()
    with NamedTemporaryFile("w", encoding="utf-8", suffix=".conf") as file:
        file.write(configuration(_layout(Path("/data")), programs))
        file.flush()
        parser.read(file.name, encoding="utf-8")
    return {section: parser.get(section, "command") % {} for section in parser.sections() if "program:" in section}


@given(st.lists(WORDS, min_size=1, max_size=4))
@example(["\xa0;"])
@example(["a\t#b", "a\x0b;b", "a\x1c;;b", "a\u2028# ;b"])
@example(["it's ;", "50% #", "", " "])
def test_every_word_reaches_the_program(words: list[str]) -> None:
    read = _read_back([Program(name="it", command=("run", *words, "end"))])
    assert shlex.split(read["program:it"])[-len(words) - 1 : -1] == words


@pytest.mark.parametrize("character", ["\n", "\r", "\x00", "\udc80"])
def test_word_that_supervisor_would_change_is_refused(character: str) -> None:
    with pytest.raises(EmbeddedError, match="Rename the folder, or choose another data folder with --data-dir"):
        configuration(_layout(Path("/data")), [Program(name="it", command=("run", f"/srv/a{character}b"))])


@pytest.mark.parametrize("stage", [Phase.WORK, Phase.FRONT])
def test_program_dies_with_the_supervisor(stage: Phase) -> None:
    read = _read_back([Program(name="it", command=("run",), stage=stage)])
    assert read["program:it"].startswith("setpriv --pdeathsig KILL ")


def test_program_is_started_without_what_it_does_not_read() -> None:
    program = Program(name="it", command=("run",), unread=("TOKEN", "KEY"), instead={"KIND": "local"})
    command = _read_back([program])["program:it"]
    assert command.endswith(" -u TOKEN -u KEY KIND=local run")


def test_database_starts_first_and_stops_last() -> None:
    programs = [Program(name="api", command=("a",)), Program(name="pg", command=("b",), stage=Phase.DATABASE)]
    text = configuration(_layout(Path("/data")), programs)
    assert "[group:database]\nprograms=pg\npriority=1" in text
    assert "[group:front]\nprograms=api\npriority=3" in text


def test_no_stack_has_no_health(tmp_path: Path) -> None:
    assert health(tmp_path) == []
