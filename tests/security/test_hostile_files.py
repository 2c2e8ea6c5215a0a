"""Hostile files of strangers, handed in at every door: each ends in an answer, and the server goes on."""

import io
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from settings import get_settings
from tests.support.apps import app_on
from tests.support.data import data_folder
from tests.support.rows import new_part, upload

FOLDERS = ("images_hostile", "pdfs/hostile", "pdfs/not_pdf")
ANSWERS = {200, 201, 202, 400, 413, 415, 422, 429}
SENT = {"application/pdf", "image/jpeg", "image/png", "image/webp"}

Deliver = Callable[[FlaskClient, Path, bytes], TestResponse]


def as_document(client: FlaskClient, path: Path, content: bytes) -> TestResponse:
    return upload(client, new_part(), content, path.name)


def as_photo(client: FlaskClient, path: Path, content: bytes) -> TestResponse:
    photo = (io.BytesIO(content), path.name)
    return client.post("/pipelines/photo-intake/runs", data={"photo": photo}, content_type="multipart/form-data")


def as_table(client: FlaskClient, path: Path, content: bytes) -> TestResponse:
    table = (io.BytesIO(content), path.name)
    return client.post("/imports", data={"file": table}, content_type="multipart/form-data")


def damaged(content: bytes, random: Random) -> bytes:
    """Change some bytes, and cut the rest off somewhere."""
    changed = bytearray(content[: random.randint(len(content) // 2, len(content))])
    for place in random.choices(range(len(changed)), k=8 if changed else 0):
        changed[place] = random.randrange(256)
    return bytes(changed)


@pytest.fixture
def files(request: pytest.FixtureRequest) -> list[tuple[Path, bytes]]:
    """Draw some of the files; every other one is damaged further."""
    root, random = data_folder(""), Random(request.config.getoption("--security-seed"))
    found = sorted(path for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file())
    drawn = random.sample(found, min(len(found), request.config.getoption("--hostile-files")))
    contents = [path.read_bytes() for path in drawn]
    handed = [damaged(content, random) if number % 2 else content for number, content in enumerate(contents)]
    return list(zip(drawn, handed, strict=True))


# The temporary file of a large body that is refused is closed with the last reference to it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore:unclosed file:ResourceWarning")
@pytest.mark.parametrize("deliver", [as_document, as_photo, as_table])
def test_hostile_file_ends_in_an_answer(
    database: str, configure: Callable[..., None], files: list[tuple[Path, bytes]], deliver: Deliver
) -> None:
    configure(PDF_TIMEOUT_SECONDS=2, IMAGE_TIMEOUT_SECONDS=5)
    client = app_on(get_settings()).test_client()
    for path, content in files:
        answer = deliver(client, path, content)

        assert answer.status_code in ANSWERS, path.name
        assert client.get("/health").status_code == 200
        if deliver is as_document and answer.status_code < 300:
            assert_harmless(client.get(answer.get_json()["content"]))


def assert_harmless(sent: TestResponse) -> None:
    assert sent.headers["Content-Type"] in SENT
    assert sent.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
