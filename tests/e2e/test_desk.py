"""A day at the desk, on the whole stack: import, find, book, look, export."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner

from cli.app import main
from tests.e2e.conftest import ROOT, Serve
from tests.support.kicad import library, symbol

PARTS = "MPN;Description;Menge;Lagerort\nNE555P;Timer;10;1-1\nLM358N;Op amp;5;1-2\n"
REFUSED, USAGE, UNAVAILABLE = 1, 2, 69


class Desk:
    """The command line, talking to a server."""

    def __init__(self, server: str, data: Path) -> None:
        self.server = server
        self.data = data

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command in this process, because a process of its own takes most of a second to start."""
        args = self._args(*words)
        with pytest.MonkeyPatch.context() as patch, CliRunner().isolation() as (out, err, _):
            patch.setattr("sys.argv", ["partflow", *args])
            patch.setattr("cli.app.configure_logging", lambda _settings: None)
            try:
                main()
                code = 0
            except SystemExit as ended:
                code = int(ended.code or 0)
            return subprocess.CompletedProcess(args, code, out.getvalue().decode(), err.getvalue().decode())

    def start(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command in a process of its own."""
        command = (sys.executable, "-m", "cli", *self._args(*words))
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    def _args(self, *words: str | Path) -> list[str]:
        return [*map(str, words), "--server", self.server, "--data-dir", str(self.data)]

    def json(self, *words: str | Path) -> Any:
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def test_a_day_at_the_desk(serve: Serve, tmp_path: Path) -> None:
    stack, client = serve()
    desk = Desk(stack.address.api, stack.layout.data)
    client.ask("POST", "/boxes", json={"capacity": 6, "description": "Chips"})

    imports_once(desk, tmp_path)
    timer = finds(desk)
    books(desk, timer)
    looks(desk, timer)
    follows(desk)
    exports(desk, tmp_path)
    knows_kicad(desk, tmp_path)
    assert_no_traceback(desk)


def imports_once(desk: Desk, folder: Path) -> None:
    table = folder / "parts.csv"
    table.write_text(PARTS)
    assert desk.json("import", table, "--dry-run")["counts"]["create"] == 2
    for _ in range(2):
        assert desk.json("import", table)["report"]["counts"]["create"] == 2

    table.write_text(PARTS + "X1;;many;\n")
    refused = desk.run("import", table)
    assert (refused.returncode, "line 4: quantity 'many'" in refused.stderr) == (REFUSED, True)
    assert desk.run("import", table, "--skip-bad-rows", "--quantities", "set").returncode == REFUSED


def finds(desk: Desk) -> str:
    (found,) = desk.json("find", "ne-555p")["hits"]
    assert (found["quantity"], [each["slot"] for each in found["placements"]]) == (10, ["1-1"])
    for text, why in ((found["id4"].lower(), "id4"), ("1-1", "slot"), ("NE555", "beginning")):
        hit = desk.json("find", text)["hits"][0]
        assert (hit["id4"], hit["why"]) == (found["id4"], why)
    assert desk.json("search", "rebuild") == {"parts": 2}
    assert desk.run("find", "nothing99").returncode == REFUSED
    return str(found["id4"])


def books(desk: Desk, timer: str) -> None:
    command = ("--command-id", str(uuid4()))
    for _ in range(2):
        assert desk.json("receive", timer, "5", *command)["quantity"] == 15
    assert desk.json("use", timer, "3", "1-1", "--reason", "a clock")["quantity"] == 12
    moved = desk.json("move", timer, "2", "1-1", "1-3")["changes"]
    assert [(each["slot"], each["quantity"]) for each in moved] == [("1-1", 10), ("1-3", 2)]
    refused = desk.run("receive", timer, "1", "1-2")
    assert (refused.returncode, "already lies in 1-2" in refused.stderr) == (REFUSED, True)


def looks(desk: Desk, timer: str) -> None:
    assert desk.json("part", "show", timer)["description"] == "Timer"
    drawn = desk.run("box", "show", "1", "--columns", "3").stdout
    assert f"{timer} × 10" in drawn
    assert len([line for line in drawn.splitlines() if "1-4" in line]) == 1


def follows(desk: Desk) -> None:
    (run,) = desk.json("runs", "--pipeline", "csv_import", "--limit", "1")["runs"]
    story = desk.json("logs", run["id"])
    assert {"ledger", "api", "worker"} <= {line["program"] for line in story}
    assert [line["at"] for line in story] == sorted(line["at"] for line in story)
    assert desk.run("logs", run["id"]).stdout.count(" run ended ") == 1
    assert desk.run("logs", str(uuid4())).returncode == UNAVAILABLE


def exports(desk: Desk, folder: Path) -> None:
    assert desk.run("export", "-o", folder / "all.jsonl").returncode == 0
    objects = [json.loads(line) for line in (folder / "all.jsonl").read_text().splitlines()]
    assert objects[-1] == {"kind": "end", "objects": len(objects) - 2}
    assert sum(each["kind"] == "placement" for each in objects) == 3
    assert desk.run("export", "--format", "csv").stdout.count("NE555P") == 2
    os.mkfifo(folder / "pipe")
    for place in ("pipe", "all.jsonl/more"):
        refused = desk.run("export", "-o", folder / place)
        assert (refused.returncode, "Traceback" in refused.stderr) == (REFUSED, False)
    assert (folder / "pipe").is_fifo()


def knows_kicad(desk: Desk, folder: Path) -> None:
    libraries = folder / "symbols"
    libraries.mkdir()
    (libraries / "Timer.kicad_sym").write_text(library(symbol("TLC555", pins=8, Value="TLC555"), symbol("R")))
    for _ in range(2):
        assert desk.json("import", "kicad", libraries) == {"files": 1, "symbols": 2, "stored": 1}
    (libraries / "broken.kicad_sym").write_text("(kicad_symbol_lib\n(")
    broken = desk.run("import", "kicad", libraries)
    assert (broken.returncode, "broken.kicad_sym:2:" in broken.stderr) == (REFUSED, True)


def assert_no_traceback(desk: Desk) -> None:
    away = Desk("http://127.0.0.1:9", desk.data)
    for done, code in (
        (desk.start("part", "show", "ZZZZ"), REFUSED),
        (desk.start("receive", "ABCD", "none"), USAGE),
        (away.start("box", "show", "1"), UNAVAILABLE),
        (desk.run("part", "show", "12"), USAGE),
        (desk.run("box", "show", "99"), REFUSED),
        (away.run("use", "ABCD", "1"), UNAVAILABLE),
    ):
        assert (done.returncode, "Traceback" in done.stderr, bool(done.stderr)) == (code, False, True)
