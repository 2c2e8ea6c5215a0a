import json
from collections.abc import Callable
from contextlib import nullcontext

import httpx2
import pytest
from click.testing import CliRunner, Result

from api.http.transaction import PartflowFlask
from cli.client import Client
from cli.schedule import schedule
from engine.beat import Firer
from tests.integration.schedule.conftest import JOBS

Run = Callable[..., Result]

pytestmark = pytest.mark.usefixtures("schedules")


@pytest.fixture
def run(app: PartflowFlask, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command against the API of the test."""
    http = httpx2.Client(transport=httpx2.WSGITransport(app=app), base_url="http://localhost")
    monkeypatch.setattr("cli.schedule.connect", lambda _server, _data_dir: nullcontext(Client(http)))

    def invoke(*words: str) -> Result:
        done = CliRunner().invoke(schedule, words, env={"COLUMNS": "200"})
        assert done.exit_code == 0, done.output
        return done

    return invoke


def test_list_shows_when_and_warns_that_nothing_is_fired(run: Run) -> None:
    shown = run("list")

    assert "every 3600 s" in shown.stdout
    assert "30 2 * * * in UTC" in shown.stdout
    assert "no beat is alive, so nothing is fired" in shown.stderr


def test_list_shows_who_leads(run: Run) -> None:
    Firer(lambda *_: None, jobs=JOBS, name="here/1").look()
    Firer(lambda *_: None, jobs=JOBS, name="there/2").look()
    shown = run("list")
    roles = {words[0]: words[1] for line in shown.stdout.splitlines() if (words := line.split()) and "/" in words[0]}

    assert roles == {"here/1": "leads", "there/2": "waits"}
    assert shown.stderr == ""
    assert len(json.loads(run("list", "--json").stdout)["beats"]) == 2


def test_set_pause_and_resume(run: Run) -> None:
    shown = run("set", "hourly", "--cron", "30 2 * * *", "--zone", "Europe/Berlin", "--catch-up", "skip").stdout
    assert "30 2 * * * in Europe/Berlin (changed)" in shown
    assert "paused" in run("pause", "hourly").stdout
    assert "paused" not in run("resume", "hourly").stdout
    assert json.loads(run("set", "hourly", "--every", "60", "--json").stdout)["interval_seconds"] == 60
    assert "(changed)" not in run("set", "hourly", "--default").stdout


def test_run_is_seen_in_show(run: Run) -> None:
    run("pause", "nightly")
    assert "firing 1; see: partflow schedule show nightly" in run("run", "nightly").stdout
    assert "not yet" in run("show", "nightly").stdout
    Firer(lambda *_: None, jobs=JOBS).look()
    assert "not yet" not in run("show", "nightly").stdout
    (firing,) = json.loads(run("show", "nightly", "--json").stdout)["firings"]
    assert firing["by_person"] is True


def test_set_without_a_change_is_refused() -> None:
    done = CliRunner().invoke(schedule, ["set", "hourly"])

    assert done.exit_code == 2
    assert "name what to change: --cron or --every" in done.output
