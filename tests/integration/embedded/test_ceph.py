"""The Ceph that tests use: for itself, and gone with whoever started it."""

import http.client
import shutil
import ssl
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from embedded import Ceph, NotInstalled, private_ceph
from embedded.guard import alive
from embedded.layout import CHECKOUT

PRINT_CHILDREN = """
import os, time
from pathlib import Path
from embedded import private_ceph
with private_ceph() as ceph:
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    print(children, ceph.ca_file.parent, flush=True)
    time.sleep(60)
"""


def test_second_one_runs_beside_the_first(ceph: Ceph) -> None:
    with private_ceph() as other:
        assert other.endpoint_url != ceph.endpoint_url
        assert (other.access_key, other.secret_key) != (ceph.access_key, ceph.secret_key)
    folder = other.ca_file.parent

    assert not folder.exists()


def test_https_answers_with_the_certificate_that_was_made(ceph: Ceph) -> None:
    context = ssl.create_default_context(cafile=ceph.ca_file)
    address = ceph.https_url.removeprefix("https://")
    with closing(http.client.HTTPSConnection(address, context=context, timeout=10)) as connection:
        connection.request("GET", "/")

        assert connection.getresponse().status == 200


def test_killed_caller_leaves_no_process_behind(ceph: Ceph) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PRINT_CHILDREN], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as caller:
        assert caller.stdout
        *pids, folder = caller.stdout.readline().split()
        caller.kill()
    shutil.rmtree(folder)
    until = time.monotonic() + 10
    while (left := [pid for pid in pids if alive(int(pid))]) and time.monotonic() < until:
        time.sleep(0.05)

    assert (len(pids), left) == (3, [])


def test_absent_ceph_is_said_with_the_way_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NotInstalled, match="apt install ceph-mon"), private_ceph():
        pass
