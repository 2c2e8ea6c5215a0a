import tomllib
from pathlib import Path

import pytest

from api.openapi import VERSION
from api.transaction import PartflowFlask

BODIES = [b"{", b"[]", b"null", b"0", b'"x"', b"[" * 100_000, b'{"name":' * 100_000, b"\xff\xfe", b'{"name": NaN}']


def test_version_is_the_project_s() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("path", ["/types", "/suggestions/1/accept", "/pipelines/part-intake/runs"])
def test_broken_json_is_never_an_empty_object(app: PartflowFlask, path: str, body: bytes) -> None:
    answer = app.test_client().post(path, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["details"]["field"]


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_body_of_another_kind_is_refused(app: PartflowFlask, media_type: str) -> None:
    answer = app.test_client().post("/types", data=b'{"name": "Relay"}', content_type=media_type)
    assert answer.status_code == 415


def test_long_json_is_refused(app: PartflowFlask) -> None:
    answer = app.test_client().post("/types", data=b" " * 1_000_001, content_type="application/json")
    assert answer.status_code == 413


def test_several_wrong_fields_are_all_named(app: PartflowFlask) -> None:
    answer = app.test_client().post("/boxes", json={"capacity": 0, "colour": "red"})
    problems = answer.get_json()["details"]["problems"]
    assert {each["field"] for each in problems} == {"capacity", "colour"}


def test_document_describes_every_endpoint(app: PartflowFlask) -> None:
    document = app.test_client().get("/docs/openapi.json").get_json()
    described = set(document["paths"])
    served = {rule.rule for rule in app.url_map.iter_rules() if not rule.rule.startswith("/docs")}
    assert len(described) == len(served)
    operations = [each for path in document["paths"].values() for each in path.values()]
    assert all(each["summary"] and each["tags"] and len(each["responses"]) > 1 for each in operations)


@pytest.mark.parametrize("asset", ["", "start.js", "swagger-ui-bundle.js", "swagger-ui.css", "openapi.json"])
def test_docs_come_from_this_machine(app: PartflowFlask, asset: str) -> None:
    answer = app.test_client().get(f"/docs/{asset}")
    assert answer.status_code == 200
    answer.close()


def test_docs_page_loads_nothing_from_elsewhere(app: PartflowFlask) -> None:
    answer = app.test_client().get("/docs", follow_redirects=True)
    assert "//" not in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")


def test_index_leads_to_what_there_is(app: PartflowFlask) -> None:
    links = app.test_client().get("/").get_json()["links"]
    adapter = app.url_map.bind("localhost")
    served = {rule.rule for rule in adapter.map.iter_rules()}
    assert set(links.values()) <= served
