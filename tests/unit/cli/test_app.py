"""The command line as a whole."""

import pytest
from click.testing import CliRunner

from cli.app import COMMANDS, cli


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_says_what_it_does(name: str) -> None:
    answer = CliRunner().invoke(cli, ["--help"])

    (line,) = (line for line in answer.output.splitlines() if line.startswith(f"  {name} "))
    assert len(line.split()) > 2


def test_unknown_command_is_a_sentence() -> None:
    answer = CliRunner().invoke(cli, ["fnid"])

    assert answer.exit_code == 2
    assert "No such command 'fnid'" in answer.output
