import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from api.__main__ import main

CHECKOUT = Path(__file__).parents[3]


def serve(folder: Path, **settings: str) -> subprocess.Popen[str]:
    own = {
        "PARTFLOW_STORE_FOLDER": str(folder),
        "PARTFLOW_BROKER_FOLDER": str(folder / "broker"),
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT), os.environ.get("PYTHONPATH", "")]),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "api"],
        cwd=folder,
        env={**os.environ, **own, **settings},
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"API_HOST": "0.0.0.0"}, "PARTFLOW_API_TOKEN"),
        ({"API_HOST": "::", "API_TOKEN": ""}, "PARTFLOW_API_TOKEN"),
        ({"API_PORT": "many"}, "PARTFLOW_API_PORT"),
        ({"API_TOKEN": "short"}, "PARTFLOW_API_TOKEN: expected at least 20 characters"),
        ({"API_TOKEN_FILE": "/nowhere/token"}, "PARTFLOW_API_TOKEN_FILE: /nowhere/token cannot be read"),
    ],
)
def test_wrong_setting_is_a_sentence_and_78(
    settings: dict[str, str],
    named: str,
    configure: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(**settings)
    assert main() == os.EX_CONFIG
    assert named in capsys.readouterr().err


def test_it_serves_until_told_to_stop(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = serve(tmp_path, PARTFLOW_API_HOST="127.0.0.1", PARTFLOW_API_PORT=str(port))
    try:
        assert answers(f"http://127.0.0.1:{port}/health", process)
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said


def answers(url: str, process: subprocess.Popen[str]) -> bool:
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=30) as answer:
                return bool(answer.status == 200)
        except URLError:
            time.sleep(0.1)
    return False
