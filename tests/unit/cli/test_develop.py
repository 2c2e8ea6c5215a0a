import pytest
from click.testing import CliRunner

from cli import develop


@pytest.mark.parametrize(
    ("words", "side_by_side", "covered"),
    [
        ((), True, True),
        (("--servers=containers",), True, True),
        (("--servers=containers", "tests/unit"), True, False),
        (("-k", "slot"), True, False),
        (("tests/unit/cli/test_develop.py",), False, False),
    ],
)
def test_coverage_is_measured_when_all_tests_run(
    words: tuple[str, ...], side_by_side: bool, covered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[tuple[str, ...]] = []

    def run(*module: str) -> int:
        called.append(module)
        return 0

    monkeypatch.setattr(develop, "_run", run)

    CliRunner().invoke(develop.test, list(words))

    assert ("--dist" in called[0], "--cov" in called[0]) == (side_by_side, covered)
    assert [word for word in called[0] if word in words] == list(words)
