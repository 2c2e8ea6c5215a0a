"""Photos that nothing can be read off cost nobody else anything."""

import os
import signal
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from cli.client import Client, connect
from cli.demo import demo_stack, intake_all
from embedded import Stack
from schemas.ledger import RunState
from schemas.run import RunOut
from tests.e2e.conftest import PHOTOS
from tests.support.processes import descendants_of, is_running, wait_for

pytestmark = pytest.mark.skipif(find_spec("rapidocr") is None, reason="needs the extra 'ocr'")

SLENDER = [(3000, 1), (3000, 4), (1000, 2), (1, 3000)]
PATIENCE_SECONDS = 240


def worker_of(stack: Stack) -> int:
    (pid,) = (each.pid for each in stack.health() if each.name == "worker-vision")
    assert pid
    return pid


def reader_of(stack: Stack) -> int | None:
    """Return the process that reads print, if there is one."""
    for pid in descendants_of(worker_of(stack)):
        if is_running(pid) and b"_text_child" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    return None


def ended(client: Client, run_id: UUID) -> RunOut:
    def final() -> RunOut | None:
        run = client.run(run_id)
        return run if run.state.final else None

    run = wait_for(final, PATIENCE_SECONDS)
    assert run
    return run


def take_in(client: Client, photo: str) -> UUID:
    (run,) = client.start_photos([PHOTOS / photo])
    return run.id


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Client]]:
    """Start one stack for all tests of this module, and a client for it."""
    folder = tmp_path_factory.mktemp("print") / "data"
    with demo_stack(folder, None, {}) as stack, connect(stack.address.api, folder) as client:
        yield stack, client


def test_slender_photos_are_asked_about(served: tuple[Stack, Client], tmp_path: Path) -> None:
    _, client = served
    photos = []
    for width, height in SLENDER:
        photos.append(tmp_path / f"{width}x{height}.jpg")
        Image.effect_noise((width, height), 120).save(photos[-1])

    for run in intake_all(client, photos).runs:
        assert (run.state, {gap["step"] for gap in run.model_dump()["gaps"]} >= {"part.identify"}) == ("partial", True)
        assert run.seconds < PATIENCE_SECONDS


def test_killed_reader_costs_the_photo_it_was_at(served: tuple[Stack, Client]) -> None:
    stack, client = served
    worker = worker_of(stack)
    if idle := reader_of(stack):
        os.kill(idle, signal.SIGKILL)
        wait_for(lambda: not is_running(idle))

    unlucky = take_in(client, "chip_timer.jpg")
    # It is started by the photo, and takes longer to load than to be seen here.
    reader = wait_for(lambda: reader_of(stack))
    assert reader
    os.kill(reader, signal.SIGKILL)
    lost = ended(client, unlucky)
    read = ended(client, take_in(client, "chip_logic_gate.jpg"))

    assert lost.state == RunState.PARTIAL
    assert ("photo.read", "ocr_died", True) in {(gap.step, gap.reason, gap.transient) for gap in lost.gaps}
    assert lost.heal_at
    assert read.state == RunState.SUCCEEDED
    assert reader_of(stack) not in (None, reader)
    assert worker_of(stack) == worker

    client.resume(unlucky, None)
    assert ended(client, unlucky).state == RunState.SUCCEEDED
