"""Another account of the machine, and a page in the user's browser, are outside: of the API and of Flower."""

import socket
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx2
import pytest

from cli.client import RequestRefused, connect
from cli.migrate import migrate
from cli.up import token_environment
from embedded import Program, Stack, run_stack
from embedded.layout import Layout
from embedded.programs import default_programs
from settings.groups import read_token


def front(layout: Layout, flower_port: int) -> Sequence[Program]:
    return [program for program in default_programs(layout, flower_port) if program.name in ("api", "flower")]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    data = tmp_path_factory.mktemp("walls") / "data"
    with run_stack(data, migrate=migrate, environment=token_environment(data), programs=front) as running:
        yield running


@pytest.fixture(scope="module")
def token(stack: Stack) -> str:
    return read_token(stack.layout.data / "token").get_secret_value()


def statuses(address: str, paths: Sequence[str], **headers: str) -> set[int]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with httpx2.Client(base_url=address, trust_env=False, headers=named, timeout=60) as http:
        return {http.get(path).status_code for path in paths}


API = ["/", "/parts", "/boxes", "/export/parts.csv", "/pipelines/runs"]
FLOWER = ["/", "/tasks", "/broker", "/metrics", "/healthcheck", "/static/css/flower.css", "/api/workers", "/nothing"]


def test_without_the_token_nothing_is_read(stack: Stack) -> None:
    assert statuses(stack.address.api, API) == {401}
    assert statuses(stack.address.flower, FLOWER) == {401}
    assert statuses(stack.address.api, ["/health", "/health/ready", "/docs/", "/docs/openapi.json"]) == {200}


def test_browser_gets_in_with_the_token_as_password(stack: Stack, token: str) -> None:
    password = f"Basic {b64encode(f'partflow:{token}'.encode()).decode()}"

    assert statuses(stack.address.api, ["/", "/parts"], Authorization=password) == {200}
    assert statuses(stack.address.flower, ["/tasks", "/metrics", "/static/css/flower.css"], Authorization=password) == {
        200
    }


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "rebound.example"}, 400),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
    ],
)
def test_page_elsewhere_stays_outside_even_with_the_token(
    stack: Stack, token: str, headers: dict[str, str], status: int
) -> None:
    for address, paths in ((stack.address.api, API), (stack.address.flower, FLOWER)):
        assert statuses(address, paths, Authorization=f"Bearer {token}", **headers) == {status}


def test_command_line_finds_the_token(stack: Stack) -> None:
    with connect(None, stack.layout.data) as client:
        assert client.runs().runs == ()
    with connect(stack.address.api, stack.layout.data) as client:
        assert client.runs().runs == ()


def test_command_line_gives_the_token_to_no_other_server(stack: Stack, tmp_path: Path) -> None:
    with (
        connect(stack.address.api, tmp_path) as client,
        pytest.raises(RequestRefused, match="PARTFLOW_API_TOKEN, or from the folder that --data-dir names"),
    ):
        client.runs()


def test_token_is_in_no_command_line(stack: Stack, token: str) -> None:
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]

    assert not any(token.encode() in line for line in lines)
    assert token not in str(stack.environment)


def test_wrong_tokens_are_written_down_with_their_sender(stack: Stack) -> None:
    wrong = [statuses(stack.address.api, ["/parts"], Authorization=f"Bearer wrong-{number}") for number in range(8)]

    log = (stack.layout.log / "api.log").read_text()
    assert wrong[0] == {401}
    assert wrong[-1] == {429}
    assert "source='127.0.0.1 (account " in log
    assert "wrong-" not in log


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 5\r\nContent-Length: 50",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked",
        "Content-Length: +5",
        "Content-Length: 5\r\n Folded: 1",
        "Content-Length : 5",
    ],
)
def test_request_of_two_lengths_is_not_taken_for_two_requests(stack: Stack, token: str, head: str) -> None:
    host, _, port = stack.address.api.removeprefix("http://").partition(":")
    smuggled = f"GET /boxes HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n"
    first = f"POST /types HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{head}\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(f"{first}0\r\n\r\n{smuggled}".encode())
        answered = b"".join(iter(lambda: connection.recv(65_536), b""))

    assert answered.count(b"HTTP/1.") == 1
    assert b" 200 OK" not in answered
