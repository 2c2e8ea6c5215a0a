"""The walls change no answer; `./partflow bench jail` compares all files, and this a few of each kind."""

import pytest

from benchmarks.bench_jail import compare, sample
from tests.support.data import data_folder

ONE_OF = 150
SLOW = {"print on photos"}


def test_answers_are_the_same_behind_walls() -> None:
    data_folder("pdfs")

    differing = {kind: compare(kind, files).differ for kind, files in sample(ONE_OF).items() if kind not in SLOW}

    assert len(differing) >= 8
    assert set(differing.values()) == {0}


def test_comparison_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.bench_jail.PARSERS", {"any": "tests.unit.clients.files.sandbox_playground"})

    assert compare("any", [b"echo", b"try a socket"]).differ == 1
