"""The image: what a checkout tells of it and, with the option --image, what comes out of its build."""

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx2
import pytest

from cli.client import Client
from schemas.queue import QUEUE_NAMES
from tests.deploy.tools import ROOT, passes, tool
from tests.support.faulty_proxy import faulty_proxy
from tests.support.image import Stage, build, make_context
from tests.support.processes import wait_for
from tests.support.serving import free_port

TOKEN = "the-token-of-the-test-of-the-image"
TARGETS = ("runtime", "ocr")


def test_dockerfile_is_clean() -> None:
    passes([tool("hadolint"), "Dockerfile"])


def test_context_holds_what_the_wheel_is_made_of_and_no_more() -> None:
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["poetry"]["packages"]
    shipped = {Path(each["include"]).parts[0] for each in packages}

    assert {rule[1:] for rule in rules if rule.startswith("!")} == shipped | {
        *("README.md", "pyproject.toml", "poetry.lock", "requirements")
    }


def test_base_is_pinned_by_its_digest() -> None:
    assert re.search(r"^ARG PYTHON_IMAGE=python:3\.12-slim@sha256:[0-9a-f]{64}$", dockerfile(), re.MULTILINE)


def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text()


@pytest.fixture(scope="module")
def stages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stage]:
    """Build all stages, which takes minutes."""
    if not request.config.getoption("--image"):
        pytest.skip("builds the image for minutes; ask for it with --image")
    folder = tmp_path_factory.mktemp("image")
    return build(make_context(folder / "context"), folder)


@pytest.fixture
def settings(database: str) -> Iterator[dict[str, str]]:
    """Give the programs a database over TCP, as an account of their own could not use the socket, and folders."""
    folder = parse_qs(urlsplit(database).query)["host"][0]
    with faulty_proxy(f"{folder}/.s.PGSQL.5432") as proxy:
        yield {
            "PARTFLOW_DATABASE_URL": f"postgresql+psycopg://partflow@{proxy.address}/partflow",
            "PARTFLOW_BROKER_FOLDER": "/data/broker",
            "PARTFLOW_STORE_FOLDER": "/data/objects",
        }


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """Make a folder that the programs may write to."""
    folder = tmp_path / "volume"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


def test_api_and_worker_serve_on_a_tree_that_nobody_can_write_to(
    stages: dict[str, Stage], settings: dict[str, str], volume: Path, tmp_path: Path
) -> None:
    image = stages["runtime"]
    assert "the tables are the newest" in image.run(["partflow", "migrate"], volume, **settings)
    with (
        serving(image, settings, volume, tmp_path / "api.log") as client,
        image.start(worker_of_all(), tmp_path / "worker.log", volume, **settings) as worker,
    ):
        assert client.ask("GET", "/health/ready").json()["ready"]
        started = client.ask("POST", "/pipelines/part-intake/runs", json={"manufacturer_code": "NE555P"}).json()[
            "runs"
        ][0]
        state = wait_for(lambda: end_of(client, started["id"]))
        users = (Path(f"/proc/{worker.pid}/status").read_text().split("\nUid:\t")[1]).split("\n")[0].split("\t")

    assert state in ("succeeded", "partial")
    assert set(users) == {image.user.partition(":")[0]}
    with pytest.raises(AssertionError, match="Read-only file system"):
        image.run(["touch", "/app/new"], volume)


def worker_of_all() -> list[str]:
    return [word.replace("vision,vision.bulk", ",".join(QUEUE_NAMES)) for word in documented("a worker")]


def end_of(client: Client, run: str) -> str | None:
    found = client.run(UUID(run)).state
    return found.value if found.final else None


@contextmanager
def serving(image: Stage, settings: dict[str, str], volume: Path, log: Path) -> Iterator[Client]:
    """Serve the API by the image's own command until its own health check passes."""
    with free_port() as port:
        given = {**settings, "PARTFLOW_API_PORT": str(port), "PARTFLOW_API_TOKEN": TOKEN}
        check = [word.replace(":8080", f":{port}") for word in image.health]

        def is_healthy() -> bool:
            with suppress(AssertionError):
                image.run(check, volume)
                return True
            return False

        headers = {"Authorization": f"Bearer {TOKEN}"}
        with (
            image.start(image.command, log, volume, **given),
            httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as http,
        ):
            wait_for(is_healthy)
            yield Client(http)


def test_beat_and_flower_start_by_the_documented_commands(
    stages: dict[str, Stage], settings: dict[str, str], volume: Path, tmp_path: Path
) -> None:
    image, given = stages["runtime"], {**settings, "PARTFLOW_API_TOKEN": TOKEN}
    log = tmp_path / "beat.log"
    with image.start(documented("beat"), log, volume, **given):
        wait_for(lambda: "this beat leads" in log.read_text())
    with free_port() as port:
        command = [word.replace("--port=5555", f"--port={port}") for word in documented("Flower")]
        with image.start(command, tmp_path / "flower.log", volume, **given):
            answer = wait_for(lambda: asked(f"http://127.0.0.1:{port}/"))

    assert answer is not None
    assert answer.status_code == 401


def documented(program: str) -> list[str]:
    found = re.search(rf"^\| {program} \| `(.+)` \|$", (ROOT / "docs" / "deploy.md").read_text(), re.MULTILINE)
    assert found
    return found[1].split()


def asked(address: str) -> httpx2.Response | None:
    with suppress(httpx2.TransportError):
        return httpx2.get(address, trust_env=False)
    return None


def test_stop_without_a_token_says_why(stages: dict[str, Stage], volume: Path) -> None:
    with pytest.raises(AssertionError, match="PARTFLOW_API_TOKEN"):
        stages["runtime"].run(["python", "-m", "api"], volume)


@pytest.mark.parametrize("name", TARGETS)
def test_image_is_as_large_as_documented(stages: dict[str, Stage], name: str) -> None:
    said = re.search(rf"^\| `{name}` \| (\d+) MB", (ROOT / "docs" / "deploy.md").read_text(), re.MULTILINE)
    assert said

    assert stages[name].size() / 1_000_000 == pytest.approx(int(said[1]), rel=0.1)


def test_only_the_ocr_image_reads_print(stages: dict[str, Stage], volume: Path) -> None:
    load = ["python", "-c", "import cv2, onnxruntime, rapidocr"]

    stages["ocr"].run(load, volume, ORT_DISABLE_TELEMETRY="1")
    with pytest.raises(AssertionError, match="No module named"):
        stages["runtime"].run(load, volume)


@pytest.mark.parametrize("name", TARGETS)
def test_bill_of_materials_lists_what_is_installed(stages: dict[str, Stage], name: str, volume: Path) -> None:
    image = stages[name]
    code = "from importlib.metadata import distributions as d; print(*(f'{x.name}=={x.version}' for x in d()))"
    installed = {named(each) for each in image.run(["python", "-c", code], volume).split()}
    bill = json.loads((image.root / "opt/partflow/sbom.cdx.json").read_text())
    listed = {named(f"{each['name']}=={each['version']}") for each in bill["components"]}

    assert installed == listed


def named(pin: str) -> str:
    name, _, version = pin.partition("==")
    return f"{re.sub(r'[-_.]+', '-', name).lower()}=={version}"
