"""compose.yaml: valid by the schema of the Compose specification, and as confined as it promises."""

from collections import Counter
from typing import Any

import pytest
import yaml

from schemas.queue import QUEUE_NAMES
from settings.settings import _refuse_unknown
from tests.deploy.tools import ROOT, module, passes

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
PROGRAMS = {name: each for name, each in COMPOSE["services"].items() if "build" in each}


def test_file_fits_the_schema_of_compose() -> None:
    passes([*module("check_jsonschema"), "--builtin-schema", "vendor.compose-spec", "compose.yaml"])


def test_workers_take_from_all_queues() -> None:
    commands = [each["command"] for name, each in PROGRAMS.items() if name.startswith("worker-")]
    taken = Counter(queue for words in commands for queue in words[words.index("-Q") + 1].split(","))

    assert taken == Counter(QUEUE_NAMES)


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_is_confined_and_knows_its_variables(name: str) -> None:
    program = PROGRAMS[name]

    assert (program["read_only"], program["cap_drop"]) == (True, ["ALL"])
    assert program["security_opt"] == ["no-new-privileges:true"]
    _refuse_unknown(program["environment"])


def test_only_programs_that_need_it_reach_out() -> None:
    outside = {name for name, each in COMPOSE["services"].items() if "outside" in each["networks"]}

    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert outside == {"api", "nginx", "worker-fetch", "worker-general"}


def test_only_askers_of_the_model_have_its_key() -> None:
    assert {name for name, each in PROGRAMS.items() if "OPENAI_API_KEY" in each["environment"]} == {
        "api",
        "worker-general",
    }
