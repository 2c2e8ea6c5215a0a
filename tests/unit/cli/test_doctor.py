import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from cli.doctor import doctor
from clients.files import sandbox
from clients.files._jail import Layer
from clients.files.walls import Walls
from clients.parsers import PARSERS

WHOLE = Walls(stand=tuple(Layer))
GAPPED = Walls(stand=(Layer.LIMITS,), missing=(Layer.SECCOMP,))


@pytest.mark.parametrize(
    ("photos", "require", "exit_code"),
    [(WHOLE, "all", 0), (GAPPED, "none", 0), (GAPPED, "all", 1)],
)
def test_missing_wall_counts_where_all_are_required(
    photos: Walls, require: str, exit_code: int, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(SANDBOX_REQUIRE=require)
    monkeypatch.setattr(sandbox, "look", lambda module, _limits: photos if "image" in module else WHOLE)

    answer = CliRunner().invoke(doctor)

    assert answer.exit_code == exit_code
    assert [line for line in answer.stdout.splitlines() if "photos " in line and "print" not in line]
    assert ("walls are missing" in answer.stderr) is (photos is GAPPED)


def test_each_kind_of_child_is_looked_at() -> None:
    answer = CliRunner().invoke(doctor, ["--json"])

    found = json.loads(answer.stdout)["parsers"]
    assert found.keys() == PARSERS.keys()
    assert all("limits" in walls["stand"] for walls in found.values())
