"""What the command line makes of servers that are none."""

import httpx2
import pytest

from cli.client import Client, RequestRefused, ServerError


def client(answer: httpx2.Response) -> Client:
    return Client(httpx2.Client(base_url="http://parts", transport=httpx2.MockTransport(lambda _request: answer)))


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(200, html="<h1>Welcome</h1>"),
        httpx2.Response(302, headers={"Location": "/login"}),
        httpx2.Response(204),
    ],
)
def test_answer_of_another_server_is_named(answer: httpx2.Response) -> None:
    with pytest.raises(ServerError, match="not a Partflow server"):
        client(answer).part("ABCD")
    with pytest.raises(ServerError, match="not a Partflow server"), client(answer).stream("/export.jsonl"):
        pass


def test_refusal_of_another_server_is_a_sentence() -> None:
    with pytest.raises(RequestRefused, match="404"):
        client(httpx2.Response(404, html="<h1>Not here</h1>")).part("ABCD")
