"""Refreshing and tagging again from the command line."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from uuid import UUID

import httpx2
import pytest
from click.testing import CliRunner, Result
from structlog.testing import capture_logs

from api.http.transaction import PartflowFlask
from cli.client import Client
from cli.part import part as part_commands
from cli.upkeep import drift, refresh, retag
from tasks import clients
from tests.support.carrying import carry_out
from tests.support.sheet_site import SheetSite
from tests.support.sheets import part_with_sheet, sheet

Run = Callable[..., Result]


@pytest.fixture
def run(app: PartflowFlask, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command against the API of the test."""
    http = httpx2.Client(transport=httpx2.WSGITransport(app=app), base_url="http://localhost")
    for module in ("part", "upkeep"):
        monkeypatch.setattr(f"cli.{module}.connect", lambda _server, _data_dir: nullcontext(Client(http)))

    def invoke(command: Any, *words: object) -> Result:
        # The API logs in this process, where its lines would come between those of the command.
        with capture_logs():
            done = CliRunner().invoke(command, list(map(str, words)), env={"COLUMNS": "400"})
        assert done.exit_code == 0, done.output
        return done

    return invoke


def started(done: Result) -> UUID:
    return UUID(done.stdout.split("run ")[1][:36])


def test_refresh_shows_the_later_file_and_its_address(run: Run, configure: Callable[..., None]) -> None:
    with SheetSite() as site:
        configure(FETCH_ALLOWED_ADDRESSES=site.endpoint, REFRESH_HOST_SECONDS=0.001)
        clients.fetcher.cache_clear()
        site.put("/sheet.pdf", sheet("D"))
        part = part_with_sheet(site.url("/sheet.pdf"))
        carry_out(started(run(refresh, part)))
        clients.fetcher.cache_clear()
        shown = run(part_commands, "show", part).stdout
        assert all(words in shown for words in ("later than", "revision C", "revision D", "2025-05"))
        assert site.url("/sheet.pdf") in run(part_commands, "sources", part).stdout
    (source,) = json.loads(run(part_commands, "sources", part, "--json").stdout)["sources"]
    assert source["verdict"] == "ok"


def test_drift_is_counted_and_listed(run: Run) -> None:
    part = part_with_sheet(None)
    carry_out(started(run(retag, part)))
    (night,) = json.loads(run(drift, "--json").stdout)["nights"]
    assert night["parts"] == 1
    assert night["night"] in run(drift).stdout
    assert part in run(drift, night["night"]).stdout
    assert run(drift, "--part", part, "--kind", "removed", "--json").stdout.count(part) == 0
