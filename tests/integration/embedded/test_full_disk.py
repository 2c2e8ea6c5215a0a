"""A full disk, as /dev/full is one: the supervisor goes on."""

import os
import subprocess
import sys
from pathlib import Path

from embedded.layout import CHECKOUT
from tests.support.processes import wait_for

CONFIGURATION = """
[supervisord]
nodaemon=true
silent=true
logfile=/dev/full
logfile_maxbytes=0
pidfile={folder}/pid
{user}
[program:talker]
command=sh -c 'for each in 1 2 3; do echo said; sleep 0.1; done; touch {folder}/ended; sleep 600'
startsecs=0
stdout_logfile=/dev/full
stdout_logfile_maxbytes=0
"""


def test_supervisor_outlives_logs_that_cannot_be_written(tmp_path: Path) -> None:
    user = "user=root" if os.geteuid() == 0 else ""
    (tmp_path / "supervisor.conf").write_text(CONFIGURATION.format(folder=tmp_path, user=user))
    words = (sys.executable, "-m", "embedded.supervisord", "-n", "-c", str(tmp_path / "supervisor.conf"))
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    with Path("/dev/full").open("wb") as full:
        process = subprocess.Popen(words, env=environment, stdout=full, stderr=full)
    try:
        wait_for((tmp_path / "ended").exists)
        assert process.poll() is None
    finally:
        process.terminate()
        process.wait()
