"""Nothing leaves the machine that no setting names: the demo and a quiet spell after it, in a network of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.sealed_network import ADDRESS, run_sealed

# Without the variables that CI sets: in their presence some libraries keep quiet by themselves.
PATH = f"{os.defpath}:/usr/sbin:/sbin"
SERVING = "press Ctrl-C to stop"
ASKING = """if True:
    import socket
    from contextlib import suppress

    for host in ("events.example", "203.0.113.7", "2001:db8::7", "127.0.0.1", "localhost"):
        with suppress(OSError):
            socket.create_connection((host, 443), timeout=5)
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"time?", ("198.51.100.7", 123))
"""


STORE = """if True:
    from contextlib import suppress

    from clients.object_store import make_store
    from schemas.errors import StepError
    from settings import get_settings

    with suppress(StepError):
        make_store(get_settings().store).ready()
"""
MODEL = """if True:
    from contextlib import suppress

    from clients.assistant import make_assistant
    from schemas.assistant import IdentifyQuestion
    from schemas.errors import StepError
    from schemas.markings import Markings
    from settings import get_settings

    with suppress(StepError):
        make_assistant(get_settings()).identify(IdentifyQuestion(photo=None, markings=Markings()))
"""
S3 = {"PARTFLOW_STORE_KIND": "s3", "PARTFLOW_STORE_ENDPOINT_URL": "https://store.example"}
KEYS = {"PARTFLOW_STORE_ACCESS_KEY": "key", "PARTFLOW_STORE_SECRET_KEY": "secret"}


def test_names_and_addresses_are_heard() -> None:
    heard = run_sealed(sys.executable, "-c", ASKING, environment={"PATH": PATH})

    assert heard.names == {"events.example"}
    assert heard.addresses - {"2001:db8::7 443"} == {f"{ADDRESS} 443", "203.0.113.7 443", "198.51.100.7 123"}


@pytest.mark.parametrize(
    ("code", "settings", "names"),
    [
        (STORE, S3 | KEYS, {"store.example"}),
        (STORE, S3, set()),
        (MODEL, {"OPENAI_API_KEY": "key", "OPENAI_BASE_URL": "https://model.example/v1"}, {"model.example"}),
        (MODEL, {}, set()),
    ],
    ids=["store", "store without keys", "model", "no model"],
)
def test_client_asks_for_what_its_settings_name(code: str, settings: dict[str, str], names: set[str]) -> None:
    heard = run_sealed(sys.executable, "-c", code, environment={"PATH": PATH, **settings})

    assert (heard.status, heard.names, heard.lost) == (os.EX_OK, names, 0)
    assert heard.addresses == ({f"{ADDRESS} 443"} if names else set())


def test_demo_and_the_stack_after_it_ask_for_nothing(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if find_spec("rapidocr") is None:
        pytest.skip("needs the extra 'ocr'")
    home, results = tmp_path / "home", tmp_path / "results"
    home.mkdir()
    quiet = str(request.config.getoption("--quiet-seconds"))
    demo = (sys.executable, "-m", "tests.e2e.test_quiet", str(tmp_path / "data"), str(results), quiet)

    heard = run_sealed(*demo, environment={"PATH": PATH, "HOME": str(home)})

    assert (heard.status, heard.names, heard.addresses, heard.lost) == (os.EX_OK, set(), set(), 0)
    assert list(home.rglob("*")) == []
    kinds = {proof["kind"] for run in json.loads(results.read_text())["runs"] for proof in run["evidence"]}
    assert {"barcode", "marking"} <= kinds, "the demo read neither codes nor print"


def run_demo(data_dir: str, results: str, quiet_seconds: str) -> int:
    """Run the demo as a newcomer does: until it has shown its results, a while longer, and then Ctrl-C."""
    command = [sys.executable, "-m", "cli", "demo", "--json", "--data-dir", data_dir]
    # In the background of a shell, programs are started with this signal ignored, and their children too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with Path(results).open("w") as shown, subprocess.Popen(command, stdout=shown, stderr=subprocess.PIPE) as demo:
        assert demo.stderr
        for line in demo.stderr:
            sys.stderr.buffer.write(line)
            if SERVING in line.decode():
                time.sleep(float(quiet_seconds))
                demo.send_signal(signal.SIGINT)
    return demo.returncode


if __name__ == "__main__":
    sys.exit(run_demo(*sys.argv[1:]))
