"""No stored text holds a control character, whoever sent it: requests refuse them, and columns hold none."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from models import Base
from models.session import session_scope
from schemas.assistant import Usage
from schemas.datasheet import DatasheetLead
from schemas.identification import CatalogueEntry
from schemas.markings import Code, Markings
from schemas.suggestion import SuggestionField
from services.ai_call import AiCallService
from services.catalogue import CatalogueService
from services.datasheet import DatasheetCandidateService
from tests.support.rows import new_part, new_run, new_suggestion

CONTROLS = ["\x00", "\x07", "\x1b[2J", "\x08", "\x7f", "\x9b31m"]
BODIES = [
    ("POST", "/boxes", {"capacity": 9, "description": "*"}),
    ("POST", "/parts", {"manufacturer_code": "LM358*"}),
    ("POST", "/parts", {"manufacturer_code": "LM358", "description": "*"}),
    ("POST", "/parts", {"manufacturer_code": "LM358", "manufacturer": "*"}),
    ("POST", "/parts", {"manufacturer_code": "LM358", "seller": "*"}),
    ("POST", "/parts", {"manufacturer_code": "LM358", "tags": ["smd*"]}),
    ("POST", "/types", {"name": "Relay*"}),
    ("POST", "/projects", {"name": "*", "description": "x"}),
    ("POST", "/projects", {"name": "x", "description": "*"}),
    ("POST", "/shopping", {"text": "*", "quantity": 1}),
    ("POST", "/shopping", {"text": "x", "quantity": 1, "note": "*"}),
    ("POST", "/pipelines/part-intake/runs", {"manufacturer_code": "LM358*"}),
    ("POST", "/pipelines/part-intake/runs", {"manufacturer_code": "LM358", "manufacturer": "*"}),
    ("POST", "/ai/suggest", {"text": "LM358 *"}),
]


def held(engine: Engine) -> Iterator[str]:
    """Name the columns that hold a control character."""
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                found = connection.execute(
                    text(
                        f"SELECT count(*) FROM {table.name} "
                        f"WHERE \"{column.name}\"::text ~ '[\\x01-\\x08\\x0b-\\x1f\\x7f-\\x9f]' "
                        f"OR \"{column.name}\"::text ~ '\\\\u00(0[0-8bcef]|1|7f|[89])'"
                    )
                ).scalar_one()
                if found:
                    yield f"{table.name}.{column.name}"


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
@pytest.mark.parametrize(("method", "path", "body"), BODIES)
def test_request_with_a_control_character_is_refused(
    client: FlaskClient, engine: Engine, method: str, path: str, body: object, control: str
) -> None:
    sent = json.dumps(body).replace("*", json.dumps(f"a{control}b")[1:-1])

    answer = client.open(path, method=method, data=sent, content_type="application/json")

    assert answer.status_code in (400, 422), answer.get_json()
    assert list(held(engine)) == []


NASTY = "a\x1b[2Jb\x00c\x9bd\x7f"


def test_what_machines_say_is_stored_without_them(database: str, engine: Engine) -> None:
    part = new_part("LM358")
    run = new_run(part)
    new_suggestion(part, SuggestionField.PART_NUMBER, {"manufacturer_code": "LM358", "description": NASTY})
    with session_scope() as session:
        usage = Usage(model="gpt-6", prompt_version=NASTY)
        call: dict[str, Any] = {"run_id": run, "job": "x", "version": "x/1", "cache_key": "k"}
        AiCallService.record(session, **call, usage=usage, answer={NASTY: [NASTY]}, error=NASTY)
        CatalogueService.replace(session, [CatalogueEntry(source="kicad", manufacturer_code="X1", keywords=NASTY)])
        DatasheetCandidateService.replace(session, run, [DatasheetLead(url="https://x.example/", source=NASTY)])
        found = CatalogueService.find(session, ["X1"])

    assert list(held(engine)) == []
    assert found[0].keywords == "a␛[2Jb␀c\ufffdd␡"


def test_codes_of_a_label_keep_what_separates_their_fields(database: str, engine: Engine) -> None:
    markings = Markings(codes=(Code(text="[)>\x1e06\x1d1PLM358DR\x1dQ10\x1e\x04", symbology="datamatrix"),))
    with session_scope() as session:
        AiCallService.record(
            session, run_id=None, job="x", version="x/1", cache_key="k", answer=markings.model_dump(mode="json")
        )
        stored = Markings.model_validate(AiCallService.find_answer(session, "k"))

    assert list(held(engine)) == []
    assert stored.codes[0].text == "[)>␞06␝1PLM358DR␝Q10␞␄"
