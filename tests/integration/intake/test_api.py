import hashlib
import io
import resource
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from clients.object_store import Bucket, content_key
from models import Blob, Document, Part, PipelineRun
from models.session import get_engine, session_scope
from services.idempotency import IdempotencyService
from settings import get_settings
from tasks import celery_app
from tests.support.apps import app_on
from tests.support.rows import JPEG, new_part, objects, post_photos
from tests.support.statements import statements

PATHS = ["/pipelines/photo-intake/runs", "/pipelines/part-intake/runs"]


def count(table: type) -> int:
    with session_scope() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def post_part(client: FlaskClient, key: str | None = None, code: str = "NE555P") -> TestResponse:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post("/pipelines/part-intake/runs", json={"manufacturer_code": code}, headers=headers)


def test_photos_start_a_run_each_in_order(client: FlaskClient) -> None:
    answer = post_photos(client, (JPEG, "a.jpg"), (JPEG + b"2", "b.jpg"))
    assert answer.status_code == 202
    names = [client.get(run["links"]["self"]).get_json()["input"]["filename"] for run in answer.get_json()["runs"]]
    assert names == ["a.jpg", "b.jpg"]


def test_several_photos_are_a_batch_with_progress(client: FlaskClient) -> None:
    answer = post_photos(client, (JPEG, "a.jpg"), (JPEG + b"2", "b.jpg"))
    batch = client.get(answer.headers["Location"]).get_json()
    assert (batch["progress"], batch["states"]) == ({"done": 0, "total": 2}, {"pending": 2})
    assert len(client.get(batch["links"]["runs"]).get_json()["runs"]) == 2


def test_many_photos_are_bulk_work(client: FlaskClient, configure: Callable[..., None]) -> None:
    configure(INTAKE_INTERACTIVE_PHOTOS=2)
    few = post_photos(client, *[(JPEG + bytes([n]), "a.jpg") for n in range(2)]).get_json()["runs"]
    many = post_photos(client, *[(JPEG + bytes([n]), "b.jpg") for n in range(3)]).get_json()["runs"]
    assert {run["lane"] for run in few} == {"interactive"}
    assert {(run["lane"], run["waiting_for"]) for run in many} == {("bulk", "batch")}


def test_photos_are_refused_while_the_disk_is_nearly_full(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=150_000_000))
    answer = post_photos(client, (JPEG, "a.jpg"))
    ready = client.get("/health/ready").get_json()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "PARTFLOW_API_MIN_FREE_MB asks for 200 MB" in answer.get_json()["error"]
    assert (ready["ready"], ready["disk"]["ok"]) == (False, False)
    assert count(PipelineRun) == 0


def test_photos_of_a_batch_take_no_open_file_each(client: FlaskClient) -> None:
    photos = [JPEG + bytes([number]) + bytes(512_000) for number in range(40)]
    files = [FileStorage(io.BytesIO(photo), f"{number}.jpg") for number, photo in enumerate(photos)]
    # In memory, unlike what the test client makes of so much.
    boundary, body = encode_multipart({"photo": files})
    _, most = limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    opened = len(list(Path("/proc/self/fd").iterdir()))
    resource.setrlimit(resource.RLIMIT_NOFILE, (opened + 30, most))
    try:
        answer = client.post(PATHS[0], data=body, content_type=f"multipart/form-data; boundary={boundary}")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)

    assert (answer.status_code, len(answer.get_json()["runs"])) == (202, len(photos))
    stored = {key.rpartition("/")[2] for key in objects(client)}
    assert stored == {hashlib.sha256(photo).hexdigest() for photo in photos}


def test_steps_of_a_run_are_written_in_one_statement(client: FlaskClient) -> None:
    with statements(get_engine()) as sent:
        post_photos(client, *[(JPEG + bytes([number]), "a.jpg") for number in range(3)])

    assert sum("INSERT INTO pipeline_steps" in each for each in sent) == 3


def test_large_batch_is_cancelled_in_as_many_statements_as_a_small_one(client: FlaskClient) -> None:
    counts = []
    for photos in (2, 5):
        started = post_photos(client, *[(JPEG + bytes([number]), "a.jpg") for number in range(photos)])
        batch = started.get_json()["batch"]
        with statements(get_engine()) as sent:
            client.post(f"/pipelines/batches/{batch}/cancel")
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_cancelled_batch_ends_all_its_runs(client: FlaskClient) -> None:
    batch = post_photos(client, (JPEG, "a.jpg"), (JPEG + b"2", "b.jpg")).get_json()["batch"]
    for _ in range(2):
        states = client.post(f"/pipelines/batches/{batch}/cancel").get_json()["states"]
        assert states == {"cancelled": 2}


@pytest.mark.parametrize("verb", ["get", "post"])
def test_unknown_batch_is_not_found(client: FlaskClient, verb: str) -> None:
    path = f"/pipelines/batches/{UUID(int=7)}" + ("/cancel" if verb == "post" else "")
    assert client.open(path, method=verb).status_code == 404


def test_one_photo_is_answered_with_its_run(client: FlaskClient) -> None:
    answer = post_photos(client, (JPEG, "a.jpg"))
    (run,) = answer.get_json()["runs"]
    assert answer.headers["Location"] == run["links"]["self"]
    assert len(run["part"]) == 4


def test_photo_is_stored_and_pictures_the_part(client: FlaskClient) -> None:
    (run,) = post_photos(client, (JPEG, "a.jpg")).get_json()["runs"]
    part = client.get(run["links"]["part"]).get_json()
    assert client.get(part["image"]).data == JPEG


def test_photo_does_not_picture_a_part_whose_picture_a_person_took_away(client: FlaskClient) -> None:
    (run,) = post_photos(client, (JPEG, "a.jpg")).get_json()["runs"]
    (photo,) = client.get(run["links"]["part"]).get_json()["documents"]
    client.patch(f"/documents/{photo['id']}", json={"is_main_image": False})
    post_photos(client, (JPEG + b"again", "b.jpg"), data={"part": run["part"]})
    assert client.get(run["links"]["part"]).get_json()["image"] is None


def test_same_photo_is_stored_once(client: FlaskClient) -> None:
    post_photos(client, (JPEG, "a.jpg"), (JPEG, "b.jpg"))
    post_photos(client, (JPEG, "c.jpg"))
    assert (count(Blob), count(PipelineRun)) == (1, 3)


def test_photo_goes_to_the_part_that_is_named(client: FlaskClient) -> None:
    part = new_part()
    answer = post_photos(client, (JPEG, "a.jpg"), data={"part": part.lower()})
    assert answer.get_json()["runs"][0]["part"] == part
    assert count(Part) == 1


def test_photo_is_known_by_content_not_by_name(client: FlaskClient) -> None:
    (run,) = post_photos(client, (b"\x89PNG\r\n\x1a\n0000", "a.jpg")).get_json()["runs"]
    (document,) = client.get(f"/parts/{run['part']}/documents").get_json()["documents"]
    assert document["media_type"] == "image/png"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"<!doctype html><script>alert(1)</script>", 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", 415),
        (b"%PDF-1.7\n", 415),
        (b"MZ\x90\0", 415),
        (b"", 400),
    ],
)
def test_one_hostile_file_refuses_them_all(client: FlaskClient, content: bytes, status: int) -> None:
    answer = post_photos(client, (JPEG, "good.jpg"), (content, "evil.jpg"))
    assert (answer.status_code, answer.get_json()["details"]["filename"]) == (status, "evil.jpg")
    assert (count(PipelineRun), count(Part), count(Document)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "photo"),
        ({"photo": "just text"}, "photo"),
        ({"image": "x"}, "image"),
        ({"photo": "x", "part": "AB"}, "part"),
        ({"photo": "x", "part": "A\0CD"}, "part"),
    ],
)
def test_wrong_form_names_the_field(client: FlaskClient, form: dict[str, str], field: str) -> None:
    answer = client.post(PATHS[0], data=form, content_type="multipart/form-data")
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (400, field)


def test_unknown_part_is_not_found(client: FlaskClient) -> None:
    assert post_photos(client, (JPEG, "a.jpg"), data={"part": "ZZZZ"}).status_code == 404
    assert count(PipelineRun) == 0


def test_body_must_be_a_form(client: FlaskClient) -> None:
    assert client.post(PATHS[0], data=JPEG, content_type="image/jpeg").status_code == 415


def test_broken_form_is_refused(client: FlaskClient) -> None:
    assert client.post(PATHS[0], data=b"--x\r\n", content_type="multipart/form-data").status_code == 400


def test_too_large_names_the_setting(database: str, configure: Callable[..., None]) -> None:
    configure(API_MAX_BATCH_MB=1)
    form = "multipart/form-data; boundary=x"
    length = {"CONTENT_LENGTH": "1000001"}
    answer = app_on(get_settings()).test_client().post(PATHS[0], content_type=form, environ_overrides=length)
    assert answer.status_code == 413
    assert "PARTFLOW_API_MAX_BATCH_MB" in answer.get_json()["error"]


def test_too_many_photos_name_the_setting(database: str, configure: Callable[..., None]) -> None:
    configure(API_MAX_PHOTOS=3)
    answer = post_photos(app_on(get_settings()).test_client(), *[(JPEG, "a.jpg")] * 4)
    assert answer.status_code == 413
    assert "PARTFLOW_API_MAX_PHOTOS" in answer.get_json()["error"]


def test_typed_number_starts_a_run(client: FlaskClient) -> None:
    answer = post_part(client)
    (run,) = answer.get_json()["runs"]
    assert (answer.status_code, answer.headers["Location"]) == (202, run["links"]["self"])
    assert client.get(run["links"]["part"]).get_json()["manufacturer_code"] == "NE555P"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "manufacturer_code"),
        ({"manufacturer_code": ""}, "manufacturer_code"),
        ({"manufacturer_code": "---"}, "manufacturer_code"),
        ({"manufacturer_code": 555}, "manufacturer_code"),
        ({"manufacturer_code": "NE555P", "part": "abc1"}, "part"),
        ({"manufacturer_code": "NE555P", "colour": "red"}, "colour"),
    ],
)
def test_wrong_body_names_the_field(client: FlaskClient, body: dict[str, object], field: str) -> None:
    answer = client.post(PATHS[1], json=body)
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (400, field)


def test_same_key_answers_with_the_same_runs(client: FlaskClient) -> None:
    first, again = (post_photos(client, (JPEG, "a.jpg"), headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert again.get_json() == first.get_json()
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (202, "true")
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert count(PipelineRun) == 1


def test_same_key_with_another_payload_is_refused(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "k"}
    post_photos(client, (JPEG, "a.jpg"), headers=headers)
    other_photo = post_photos(client, (JPEG + b"2", "a.jpg"), headers=headers)
    other_part = post_photos(client, (JPEG, "a.jpg"), headers=headers, data={"part": new_part()})
    assert (other_photo.status_code, other_part.status_code) == (422, 422)


def test_a_key_is_good_for_one_route(client: FlaskClient) -> None:
    post_photos(client, (JPEG, "a.jpg"), headers={"Idempotency-Key": "k"})
    assert post_part(client, "k").status_code == 202
    assert count(PipelineRun) == 2


def test_refused_request_leaves_its_key_free(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "k"}
    assert post_photos(client, (JPEG, "a.jpg"), headers=headers, data={"part": "ZZZZ"}).status_code == 404
    assert post_photos(client, (JPEG, "a.jpg"), headers=headers).status_code == 202


@pytest.mark.parametrize("key", ["", " ", "two words", "x" * 256, "Ω", '"open', '""'])
def test_malformed_key_is_refused(client: FlaskClient, key: str) -> None:
    answer = client.post(PATHS[1], json={"manufacturer_code": "NE555P"}, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (400, "Idempotency-Key")
    assert count(PipelineRun) == 0


def test_key_in_use_is_a_conflict(client: FlaskClient) -> None:
    with session_scope() as first:
        IdempotencyService.replay(first, "part-intake", "k", "whatever")
        assert post_part(client, "k").status_code == 409
    assert post_part(client, "k").status_code == 202


def test_many_at_once_start_one_run(client: FlaskClient) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: post_part(client.application.test_client(), "k"), range(8)))
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len({answer.get_json()["runs"][0]["id"] for answer in answers if answer.status_code == 202}) == 1
    assert count(PipelineRun) == 1


def test_started_run_is_sent_to_the_workers(client: FlaskClient) -> None:
    queue = Path(celery_app.conf.broker_transport_options["data_folder_out"])
    before = set(queue.iterdir())
    with ThreadPoolExecutor(1) as server:
        # Servers answer in threads that did not make the Celery app.
        (started,) = server.submit(post_part, client).result().get_json()["runs"]
    messages = set(queue.iterdir()) - before
    assert any(started["id"] in message.read_text() for message in messages)


def test_run_is_accepted_while_the_broker_is_down(client: FlaskClient) -> None:
    queue = Path(celery_app.conf.broker_transport_options["data_folder_out"])
    queue.rename(queue.with_name("gone"))
    queue.touch()  # A folder that is only missing would be made again.
    try:
        assert post_part(client).status_code == 202
    finally:
        queue.unlink()
        queue.with_name("gone").rename(queue)
    assert count(PipelineRun) == 1


def test_photo_lies_under_its_content(client: FlaskClient) -> None:
    post_photos(client, (JPEG, "a.jpg"))
    with session_scope() as session:
        blob = session.scalars(select(Blob)).one()
    assert (blob.bucket, blob.s3_key) == (Bucket.IMAGES, content_key(blob.sha256))
