"""What operators see in Flower, in a browser, on both brokers."""

import time
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

import httpx2
import pytest

from cli.client import Client, connect
from cli.demo import demo_stack
from embedded import Stack
from schemas.run import RunOut
from settings.groups import read_token
from tests.e2e.conftest import PHOTOS
from tests.support.browser import Browser, browser, signed_in

SETTINGS = {"FLOWER_URL_PREFIX": "watch", "PARTFLOW_API_LOOK_SECONDS": "0.001"}
"The API has no time to look at a photo, so that a worker is the first to see a broken one."


class Seen(NamedTuple):
    """A stack with a run that left a gap and one that failed, and a way into Flower for a browser."""

    stack: Stack
    gap: RunOut
    failed: RunOut
    address: str
    browser: Browser

    def page(self, path: str) -> str:
        return unescape(self.browser.page(f"{self.address}/watch{path}"))


def ended(client: Client, answer: httpx2.Response) -> RunOut:
    run_id = answer.json()["runs"][0]["id"]
    began = time.monotonic()
    while not (run := client.run(run_id)).state.final:
        assert time.monotonic() - began < 300
        time.sleep(0.2)
    return run


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, servers: dict[str, str]) -> Iterator[Seen]:
    data = tmp_path_factory.mktemp("flower") / "data"
    photo = (PHOTOS / "chip_timer.jpg").read_bytes()[:3000]
    with (
        browser() as chromium,
        demo_stack(data, None, {**servers, **SETTINGS}) as stack,
        connect(stack.address.api, data) as client,
        signed_in(stack.address.flower, read_token(data / "token").get_secret_value()) as address,
    ):
        body = {"manufacturer_code": "QXZ00-NOBODY"}
        gap = ended(client, client.ask("POST", "/pipelines/part-intake/runs", json=body))
        files = [("photo", ("broken.jpg", photo))]
        failed = ended(client, client.ask("POST", "/pipelines/photo-intake/runs", files=files))
        yield Seen(stack, gap, failed, address, chromium)


def test_without_the_token_nothing_is_shown(seen: Seen) -> None:
    page = seen.browser.page(f"{seen.stack.address.flower}/watch/tasks")

    assert "the token is missing or wrong" in page
    assert "tasks-table" not in page


def test_run_leads_to_its_tasks_and_a_task_to_its_run(seen: Seen) -> None:
    link = seen.gap.links["flower"]

    page = seen.page(link.partition("/watch")[2])
    assert f'href="{seen.stack.address.api}/pipelines/runs/{seen.gap.id}"' in page
    assert {step.name for step in seen.gap.steps if f">{step.name}</a>" in page} == {s.name for s in seen.gap.steps}

    task = page.partition('href="/watch/task/')[2].partition('"')[0]
    shown = seen.page(f"/task/{task}")
    assert f'href="{seen.stack.address.api}/pipelines/runs/{seen.gap.id}"' in shown
    assert f'href="/watch/run/{seen.gap.id}"' in shown
    assert f"part {seen.gap.part}" in shown


def test_gap_and_failure_are_recognised(seen: Seen) -> None:
    gap = next(step for step in seen.gap.steps if step.state == "gap")
    rows = rows_of(seen.page(f"/run/{seen.gap.id}"))
    assert any("GAP" in row and gap.name in row and str(gap.reason) in row for row in rows)

    failed = next(step for step in seen.failed.steps if step.state == "failed")
    rows = rows_of(seen.page(f"/run/{seen.failed.id}"))
    assert any("FAILURE" in row and failed.name in row for row in rows)
    assert not any("SUCCESS" in row and failed.name in row for row in rows)


def test_table_says_pipeline_part_run_and_outcome(seen: Seen) -> None:
    rows = rows_of(seen.page("/tasks?name=part.identify"))

    (row,) = [row for row in rows if str(seen.gap.id) in row]
    assert all(word in row for word in ("part_intake", str(seen.gap.part), "part.identify"))


def test_broker_tab_shows_every_queue(seen: Seen) -> None:
    page = seen.page("/broker")

    assert all(f"<td>{name}</td>" in page for name in ("vision", "vision.bulk", "maintenance", "dead"))


def test_nothing_can_be_changed(seen: Seen) -> None:
    answer = httpx2.post(f"{seen.address}/watch/api/worker/shutdown/general", trust_env=False)

    assert answer.is_client_error


def rows_of(page: str) -> list[str]:
    return page.partition("<tbody")[2].partition("</tbody>")[0].split("</tr>")
