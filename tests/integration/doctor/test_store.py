"""What the doctor says of broken object stores."""

from collections.abc import Callable
from typing import Any

import pytest

from cli.doctor import store as doctor
from clients.object_store import make_store
from embedded import Ceph
from schemas.doctor import Health
from tests.integration.doctor.conftest import Look, must_say
from tests.support.s3 import as_environment, ceph_settings


@pytest.fixture
def use(ceph: Ceph, configure: Callable[..., None]) -> Callable[..., None]:
    """Return a function that makes the buckets if asked to, and lets the settings name the store."""

    def used(*, made: bool = True, **more: Any) -> None:
        settings = ceph_settings(ceph)
        if made:
            make_store(settings).ready()
        configure(**as_environment(settings.model_copy(update=more)))

    return used


def test_working_store_is_fine(use: Callable[..., None], look: Look) -> None:
    use()

    assert look(doctor.EXAMINATIONS, "object store").health == Health.FINE


def test_bucket_that_is_missing(use: Callable[..., None], look: Look) -> None:
    use(made=False)

    must_say(look(doctor.EXAMINATIONS, "object store"), "the bucket docs-", "start the API")


def test_versioning_that_is_off_though_asked_for(use: Callable[..., None], look: Look) -> None:
    use(versioning=True)

    must_say(look(doctor.EXAMINATIONS, "object store"), "keeps no old versions", "versioning")


def test_wrong_key(use: Callable[..., None], configure: Callable[..., None], look: Look) -> None:
    use()
    configure(STORE_SECRET_KEY="wrong")

    must_say(look(doctor.EXAMINATIONS, "object store"), "refuses the secret key", "PARTFLOW_STORE_SECRET_KEY")


def test_store_that_is_down(configure: Callable[..., None], look: Look) -> None:
    configure(STORE_KIND="s3", STORE_ENDPOINT_URL="http://127.0.0.1:1", STORE_ACCESS_KEY="a", STORE_SECRET_KEY="b")

    must_say(look(doctor.EXAMINATIONS, "object store"), "cannot be reached", "PARTFLOW_STORE_ENDPOINT_URL")
