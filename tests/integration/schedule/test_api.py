from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.beat import Firer
from tests.integration.schedule.conftest import JOBS

pytestmark = pytest.mark.usefixtures("schedules")


def patch(client: FlaskClient, name: str = "hourly", **fields: Any) -> TestResponse:
    return client.patch(f"/schedules/{name}", json=fields)


def test_list_has_schedules_and_beats(client: FlaskClient) -> None:
    assert client.get("/schedules").get_json()["beats"] == []
    Firer(lambda *_: None, jobs=JOBS, name="here/1").look()
    found = client.get("/schedules").get_json()

    assert [(each["name"], each["starts"]) for each in found["schedules"]][:2] == [
        ("hourly", "test.hourly"),
        ("nightly", "test.nightly"),
    ]
    assert [(each["name"], each["leads"], each["is_alive"]) for each in found["beats"]] == [("here/1", True, True)]


def test_change_replaces_the_interval_and_is_marked(client: FlaskClient) -> None:
    changed = patch(client, cron="30 2 * * *", zone="Europe/Berlin", catch_up="all").get_json()

    assert (changed["cron"], changed["interval_seconds"], changed["zone"]) == ("30 2 * * *", None, "Europe/Berlin")
    assert (changed["catch_up"], changed["is_changed"]) == ("all", True)
    assert changed["default"] == {"cron": None, "interval_seconds": 3600, "zone": "UTC", "catch_up": "once"}
    assert client.get("/schedules/hourly").get_json() == changed
    assert patch(client, reset=True).get_json()["is_changed"] is False


def test_pause_has_no_next_due_time(client: FlaskClient) -> None:
    assert patch(client, enabled=False).get_json()["next_due_at"] is None
    assert patch(client, enabled=True).get_json()["next_due_at"] is not None
    assert client.get("/schedules/hourly").get_json()["is_changed"] is False


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"cron": "61 * * * *"},
            "cron: '61 * * * *' is not a cron expression (bad minute); expected minute, hour, day",
        ),
        ({"zone": "Bonn"}, "zone: 'Bonn' is not a time zone; expected a name of the IANA database, such as UTC or"),
        ({"interval_seconds": 0.1}, "interval_seconds: it must be 1.0 or more"),
        ({"catch_up": "some"}, "catch_up: it must be 'skip', 'once' or 'all'"),
        ({"cron": "0 1 * * *", "interval_seconds": 60}, "cron: a schedule has a cron expression or an interval; leave"),
        ({}, "the request changes nothing; give at least one of enabled, cron"),
    ],
)
def test_bad_change_names_the_field_and_the_way_out(client: FlaskClient, fields: dict[str, Any], sentence: str) -> None:
    answer = patch(client, **fields)

    assert answer.status_code == 400
    assert sentence in answer.get_json()["error"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("PATCH", ""), ("POST", "/run"), ("GET", "/firings")],
)
def test_unknown_schedule_is_not_found(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(f"/schedules/none{path}", method=method, json={"enabled": True} if method == "PATCH" else None)

    assert (answer.status_code, answer.get_json()["error"]) == (404, "there is no schedule none")


def test_run_is_recorded_once_for_a_key_and_sent_by_the_beat(client: FlaskClient) -> None:
    # Whatever the time is, nothing else is due.
    patch(client, enabled=False)
    headers = {"Idempotency-Key": "tonight"}
    first, again = (client.post("/schedules/hourly/run", headers=headers) for _ in range(2))
    assert (first.status_code, first.get_json(), again.get_json()) == (202, again.get_json(), first.get_json())
    assert again.headers["Idempotency-Replayed"] == "true"
    sent: list[object] = []
    Firer(lambda _job, firing, _expires: sent.append(firing and firing.id), jobs={"hourly": JOBS["hourly"]}).look()
    (firing,) = client.get("/schedules/hourly/firings").get_json()["firings"]

    assert sent == [first.get_json()["id"]]
    assert (firing["by_person"], firing["sent_at"] is None) == (True, False)


def test_key_of_one_schedule_is_refused_for_another(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "tonight"}
    client.post("/schedules/hourly/run", headers=headers)

    assert client.post("/schedules/nightly/run", headers=headers).status_code == 422


def test_firings_come_page_by_page(client: FlaskClient) -> None:
    ids = [client.post("/schedules/hourly/run").get_json()["id"] for _ in range(5)]
    pages: list[list[int]] = []
    address = "/schedules/hourly/firings?limit=2"
    while len(pages) < 3:
        page = client.get(address).get_json()
        pages.append([each["id"] for each in page["firings"]])
        address = f"/schedules/hourly/firings?limit=2&after={page['next']}"

    assert pages == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]]
    assert page["next"] is None
