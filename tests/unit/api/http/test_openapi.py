import tomllib
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from api.http.openapi import VERSION
from api.http.transaction import PartflowFlask

BODIES = [b"{", b"[]", b"null", b"0", b'"x"', b"[" * 100_000, b'{"name":' * 100_000, b"\xff\xfe", b'{"name": NaN}']


def test_version_is_the_project_s() -> None:
    project = tomllib.loads((Path(__file__).parents[4] / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_way_in_names_all_there_is(app: PartflowFlask) -> None:
    named = set(app.test_client().get("/").get_json()["links"].values())
    there = {rule.rule for rule in app.url_map.iter_rules() if not rule.arguments}
    assert named <= there
    assert {path.split("/")[1] for path in there} - {""} == {path.split("/")[1] for path in named}


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


ID = "123e4567-e89b-42d3-a456-426614174000"


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("/types", "{}", "name: it is missing; send it"),
        ("/types", '{"name": "', "body: this is not valid JSON (EOF while parsing a string at line 1 column 10)"),
        ("/types", "[]", "body: it must be a JSON object, such as {…}"),
        ("/types", '{"name": 5}', "name: it must be text"),
        ("/types", f'{{"name": "{"x" * 101}"}}', "name: it may have at most 100 characters; shorten it"),
        ("/types", '{"name": " "}', "name: it is too short: it needs 1 or more"),
        ("/types", '{"name": "a/b"}', "name: it must not contain a slash or control characters"),
        ("/types", '{"name": "-"}', "name: the name of a type needs a letter or a digit"),
        ("/boxes", '{"capacity": "9"}', "capacity: it must be a whole number"),
        ("/boxes", '{"capacity": 1001}', "capacity: it must be 1000 or less"),
        ("/boxes", f'{{"capacity": {"9" * 5000}}}', "body: this is not valid JSON (number out of range"),
        ("/boxes", '{"capacity": 9, "colour": 1}', "colour: this field does not exist; leave it out"),
        ("/boxes", '{"capacity": 9, "types": "Relay"}', "types: it must be a list, such as […]"),
        ("/boxes", '{"capacity": 9, "description": "a\\u0000b"}', "description: control characters"),
        ("/parts", '{"seller_link": "ftp://x"}', "seller_link: it must be an address that begins with http"),
        ("/parts", '{"tags": ["ok", "?"]}', "tags.1: a tag needs a letter or a digit"),
        ("/parts/ABCD/stock/undo", '{"command_id": "x"}', "command_id: it must be a UUID, such as 123e4567-"),
        ("/parts/ABCD/stock/undo", f'{{"command_id": "{ID}", "share": 1}}', "share: it must be true or false"),
        (
            "/parts/ABCD/stock/count",
            f'{{"command_id": "{ID}", "counted": 1, "slot": "7"}}',
            "slot: it must be box and loc",
        ),
        ("/parts/ABCD/merge", f'{{"command_id": "{ID}", "into": "AB"}}', "into: it must be the four letters A–Z"),
    ],
)
def test_refusal_names_field_and_way_out(app: PartflowFlask, path: str, body: str, sentence: str) -> None:
    answer = app.test_client().post(path, data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()["error"][: len(sentence)]) == (400, sentence)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("limit=x", "limit: it must be a whole number"),
        ("limit=0", "limit: it must be 1 or more"),
        ("sort=size", "sort: it must be 'id4', '-id4'"),
        ("tag=a%00b", "tag: a tag needs a letter or a digit, and must not have control characters"),
        ("type=a%00b", "type: control characters"),
        ("retired=maybe", "retired: it must be true or false"),
    ],
)
def test_wrong_query_names_field_and_way_out(app: PartflowFlask, query: str, sentence: str) -> None:
    answer = app.test_client().get(f"/parts?{query}")
    assert (answer.status_code, answer.get_json()["error"][: len(sentence)]) == (400, sentence)


def test_body_that_needs_nothing_may_be_left_out(app: PartflowFlask) -> None:
    paths = app.test_client().get("/docs/openapi.json").get_json()["paths"]
    needed = {path: paths[path]["post"]["requestBody"]["required"] for path in ("/parts", "/boxes", "/labels")}
    assert needed == {"/parts": False, "/boxes": True, "/labels": True}


def test_words_of_addresses_are_described(app: PartflowFlask) -> None:
    paths = app.test_client().get("/docs/openapi.json").get_json()["paths"]
    (id4,) = (each for each in paths["/parts/{id4}"]["get"]["parameters"] if each["in"] == "path")
    assert id4["schema"]["pattern"] == "^[A-Za-z]{4}$"


def test_document_is_valid_openapi(app: PartflowFlask) -> None:
    validate(app.test_client().get("/docs/openapi.json").get_json())


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
