"""Whether alerts fire on the whole stack when what they are about is done to it, and are silent otherwise."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import httpx2

from cli.client import connect
from cli.demo import PHOTOS, demo_stack, intake_all
from cli.migrate import CHECKOUT
from embedded import NotInstalled, Stack, reserve_port

_RULES: Final = CHECKOUT / "deploy" / "prometheus" / "alerts.yml"
_CONFIGURATION: Final = """
global: {{scrape_interval: 2s, evaluation_interval: 2s}}
rule_files: [{rules}]
scrape_configs:
  - job_name: partflow
    authorization: {{credentials_file: {token}}}
    static_configs: [{{targets: ["{target}"]}}]
"""
_SETTLE_SECONDS: Final = 20
_PATIENCE_SECONDS: Final = 240
_STOPPED: Final = ("worker", "worker-maintenance")
_OF_WORKERS: Final = frozenset({"PartflowNoWorker", "PartflowNoReconciler"})
_OF_LETTERS: Final = frozenset({"PartflowDeadLetters"})


def run(*, quick: bool) -> dict[str, Any]:
    """Break things one after the other; rules fire at once here, without the minutes that they wait elsewhere.

    Raises:
        NotInstalled: there is no Prometheus on this machine.
    """
    with ExitStack() as parts:
        folder = Path(parts.enter_context(tempfile.TemporaryDirectory()))
        stack = parts.enter_context(demo_stack(folder / "data", None))
        client = parts.enter_context(connect(stack.address.api, stack.layout.data))
        prometheus = parts.enter_context(_prometheus(folder, stack))
        intake_all(client, sorted(PHOTOS.glob("*.jpg"))[:1])
        time.sleep(_SETTLE_SECONDS)
        healthy = _firing(prometheus)
        (stack.layout.broker / "queue" / "0_bad.vision.msg").write_text("no message")
        figures = {"dead letters, s": _wait(prometheus, _OF_LETTERS)}
        if not quick:
            with _stopped(stack):
                client.ask("POST", "/pipelines/part-intake/runs", json={"manufacturer_code": "LM358"})
                figures["workers stopped, s"] = _wait(prometheus, _OF_WORKERS)
            figures["workers back, s"] = _wait(prometheus, _OF_WORKERS, firing=False)
    silent = {"name": "alerts while all is well", "value": ", ".join(sorted(healthy)), "limit": "", "ok": not healthy}
    checks = [
        {"name": name, "value": seconds, "limit": _PATIENCE_SECONDS, "ok": seconds < _PATIENCE_SECONDS}
        for name, seconds in figures.items()
    ]
    return {"figures": figures, "checks": [silent, *checks]}


@contextmanager
def _prometheus(folder: Path, stack: Stack) -> Iterator[str]:
    """Run a Prometheus that scrapes the stack; yields its address."""
    program = shutil.which("prometheus")
    if program is None:
        raise NotInstalled("Prometheus is not installed; Debian's package prometheus has it")
    rules, configuration = folder / "alerts.yml", folder / "prometheus.yml"
    rules.write_text(re.sub(r"^ *for: \w+\n", "", _RULES.read_text(), flags=re.MULTILINE))
    token = stack.environment["PARTFLOW_API_TOKEN_FILE"]
    target = stack.address.api.removeprefix("http://")
    configuration.write_text(_CONFIGURATION.format(rules=rules, token=token, target=target))
    port = reserve_port(None, first=18_900)
    place = (f"--config.file={configuration}", f"--storage.tsdb.path={folder / 'tsdb'}")
    command = (program, *place, f"--web.listen-address=127.0.0.1:{port.number}", "--log.level=error")
    process = subprocess.Popen(command)
    try:
        yield f"http://127.0.0.1:{port.number}"
    finally:
        process.terminate()
        process.wait()
        port.close()


@contextmanager
def _stopped(stack: Stack) -> Iterator[None]:
    """Freeze some workers, as a machine does that swaps."""
    pids = [each.pid for each in stack.health() if each.name in _STOPPED and each.pid]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def _firing(prometheus: str) -> set[str]:
    answer = httpx2.get(f"{prometheus}/api/v1/alerts", trust_env=False).json()
    return {each["labels"]["alertname"] for each in answer["data"]["alerts"] if each["state"] == "firing"}


def _wait(prometheus: str, alerts: frozenset[str], *, firing: bool = True) -> float:
    """Return the seconds until all of some alerts fire, or none of them does."""
    began = time.monotonic()
    wanted = alerts if firing else frozenset()
    while _firing(prometheus) & alerts != wanted and time.monotonic() - began < _PATIENCE_SECONDS:
        time.sleep(1)
    return round(time.monotonic() - began, 1)
