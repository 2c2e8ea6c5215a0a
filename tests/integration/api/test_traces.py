import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from embedded.layout import CHECKOUT
from observability.traces import flush, span, traceparent
from schemas.errors import Permanent
from tests.support.carrying import carry_out
from tests.support.otlp import CLIENT, CONSUMER, SERVER, ReceivedSpan, Receiver

QUIET = """
import sys
from api.app import create_app
from observability.traces import span, traceparent
with span("x"):
    assert traceparent() is None
assert not [name for name in sys.modules if name.startswith("opentelemetry")]
"""
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def test_without_an_endpoint_nothing_of_it_is_loaded() -> None:
    subprocess.run((sys.executable, "-c", QUIET), cwd=CHECKOUT, check=True)


@pytest.fixture
def receiver(configure: Callable[..., None]) -> Iterator[Receiver]:
    pytest.importorskip("opentelemetry.sdk", reason="needs the extra 'traces'")
    with Receiver() as receiver:
        configure(TRACES_ENDPOINT=receiver.endpoint)
        yield receiver


def by_name(receiver: Receiver) -> dict[str, ReceivedSpan]:
    flush()
    return {each.name: each for each in receiver.spans}


def test_trace_leads_from_a_request_through_its_run_to_calls_of_clients(
    client: FlaskClient, receiver: Receiver
) -> None:
    photo = (CHECKOUT / "demo" / "photos" / "unreadable_bag.jpg").open("rb")
    answer = client.post(
        "/pipelines/photo-intake/runs", data={"photo": photo}, headers={"traceparent": f"00-{TRACE}-{SPAN}-01"}
    )
    carry_out(answer.get_json()["runs"][0]["id"])
    spans = by_name(receiver)
    request, step = spans["POST /pipelines/photo-intake/runs"], spans["photo.prepare"]

    assert (request.kind, request.parent) == (SERVER, SPAN)
    assert (step.kind, step.parent) == (CONSUMER, request.id)
    assert spans["clients.files._image_child"].parent == step.id
    assert {each.trace for each in receiver.spans} == {TRACE}


def test_error_is_named_by_its_class_only(receiver: Receiver) -> None:
    with pytest.raises(Permanent), span("model", "client"):
        raise Permanent("model_refused", "sk-planted-0123456789")
    assert by_name(receiver)["model"][:2] == ("model", CLIENT)
    assert by_name(receiver)["model"].error == "Permanent"


def test_span_inside_another_is_its_child_whatever_parent_is_named(receiver: Receiver) -> None:
    with span("outer"):
        inside = traceparent()
        with span("inner", parent=f"00-{TRACE}-{SPAN}-01"):
            pass
    spans = by_name(receiver)
    assert spans["inner"].parent == spans["outer"].id
    assert str(inside).split("-")[1:3] == [spans["outer"].trace, spans["outer"].id]


@pytest.mark.parametrize("given", ["", "00-zz-00-01", "x" * 5000])
def test_parent_that_is_none_begins_a_trace(receiver: Receiver, given: str) -> None:
    with span("outer", parent=given):
        pass
    assert by_name(receiver)["outer"].parent == ""
