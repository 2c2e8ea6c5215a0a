"""What the doctor says of this machine, of proxies and of walls, and how it says it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.doctor import doctor, machine, proxy, walls
from cli.doctor.examination import Examination, broken, examine, fine, warning
from clients.files import sandbox
from clients.files._jail import Layer
from clients.files.walls import Walls
from schemas.doctor import Diagnosis, Health
from settings import Settings, get_settings

WHOLE = Walls(stand=tuple(Layer))
GAPPED = Walls(stand=(Layer.LIMITS,), missing=(Layer.SECCOMP,))


@contextmanager
def answering(status: int, body: bytes = b"") -> Iterator[int]:
    """Serve one answer to everything; yields the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def one(check: Examination) -> Diagnosis:
    (found,) = examine([check], get_settings())
    return found


def of_machine(name: str) -> Diagnosis:
    return one(next(check for check in machine.EXAMINATIONS if check.name == name))


@pytest.mark.parametrize(
    ("photos", "require", "health"),
    [(WHOLE, "all", Health.FINE), (GAPPED, "none", Health.WARNING), (GAPPED, "all", Health.BROKEN)],
)
def test_missing_wall_is_broken_where_all_are_required(
    photos: Walls, require: str, health: Health, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(SANDBOX_REQUIRE=require)
    monkeypatch.setattr(sandbox, "look", lambda module, _limits: photos if "image" in module else WHOLE)

    found = one(walls.EXAMINATIONS[0])

    assert found.health == health
    assert ("photos" in found.detail) is (photos is GAPPED)


def test_disk_that_is_nearly_full(configure: Callable[..., None]) -> None:
    configure(API_MIN_FREE_MB=10**9)

    found = of_machine("disk")

    assert found.health == Health.BROKEN
    assert "nearly full" in found.detail
    assert "free some room" in str(found.way_out)


def test_models_of_print_that_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Package:
        origin = str(tmp_path / "__init__.py")

    monkeypatch.setattr("clients.markings.recogniser.find_spec", lambda _name: Package)

    found = of_machine("print on photos")

    assert found.health == Health.WARNING
    assert "ocr" in str(found.way_out)


def test_port_that_another_program_has(configure: Callable[..., None]) -> None:
    with answering(404) as port:
        configure(API_PORT=port)
        found = of_machine("port of the API")

    assert found.health == Health.BROKEN
    assert f"another program listens at 127.0.0.1:{port}" in found.detail
    assert "PARTFLOW_API_PORT" in str(found.way_out)


def test_port_on_which_the_api_listens_is_fine(configure: Callable[..., None]) -> None:
    with answering(503, b'{"ready": false, "sandbox": null}') as port:
        configure(API_PORT=port)
        assert of_machine("port of the API").health == Health.FINE


@pytest.mark.parametrize(
    ("host", "way_out"), [("127.0.0.1", "which only this machine reaches"), ("0.0.0.0", "start the API")]
)
def test_proxy_that_does_not_reach_the_api(host: str, way_out: str, configure: Callable[..., None]) -> None:
    configure(API_HOST=host)
    with answering(502) as port:
        found = one(proxy.through(f"http://127.0.0.1:{port}"))

    assert found.health == Health.BROKEN
    assert "does not reach the API" in found.detail
    assert way_out in str(found.way_out)


def test_address_that_leads_elsewhere() -> None:
    with answering(200, b"<h1>nginx</h1>") as port:
        found = one(proxy.through(f"http://127.0.0.1:{port}/"))

    assert found.health == Health.BROKEN
    assert "not as Partflow does" in found.detail


def test_address_that_nobody_answers_at() -> None:
    found = one(proxy.through("http://127.0.0.1:1"))

    assert found.health == Health.BROKEN
    assert "cannot be reached" in found.detail


def test_address_that_leads_to_the_api_is_fine() -> None:
    with answering(200, b'{"status": "ok"}') as port:
        assert one(proxy.through(f"http://127.0.0.1:{port}")).health == Health.FINE


def test_what_needs_something_broken_is_skipped() -> None:
    checks = (
        Examination("first", lambda _: broken("it is down", "start it")),
        Examination("second", lambda _: fine("never looked at"), ("first",)),
        Examination("third", lambda _: fine("never looked at"), ("second",)),
        Examination("fourth", lambda _: warning("it is slow", "wait")),
    )

    found = list(examine(checks, get_settings()))

    assert [each.health for each in found] == [Health.BROKEN, Health.SKIPPED, Health.SKIPPED, Health.WARNING]
    assert found[1].detail == "needs: first"


def test_check_that_fails_is_a_finding() -> None:
    def fails(_settings: Settings) -> None:
        raise RuntimeError("who knows")

    found = one(Examination("odd", fails))  # type: ignore[arg-type]  # it returns nothing, because it fails

    assert found.health == Health.BROKEN
    assert "who knows" in found.detail


def test_broken_database_ends_with_1_and_json_says_why(configure: Callable[..., None]) -> None:
    configure(DATABASE_URL="postgresql+psycopg://127.0.0.1:1/none")

    answer = CliRunner().invoke(doctor, ["--json"])

    found = {each["name"]: each for each in json.loads(answer.stdout)["diagnoses"]}
    assert answer.exit_code == 1
    assert found["database"]["health"] == "broken"
    assert found["migrations"]["health"] == "skipped"
    assert "PARTFLOW_DATABASE_URL" in found["database"]["way_out"]
