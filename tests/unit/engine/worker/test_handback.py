"""What processes of workers are called in the ledger."""

import os
import subprocess
import sys

from embedded.layout import CHECKOUT
from engine.worker.handback import worker_name

ANOTHER = "from engine.worker.handback import worker_name; print(worker_name(7), end='')"


def test_processes_of_two_workers_have_different_names_though_host_and_number_are_the_same() -> None:
    ended = subprocess.run((sys.executable, "-c", ANOTHER), cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert ended.stdout.endswith(":7")
    assert ended.stdout != worker_name(7) == worker_name("7")


def test_process_of_a_worker_has_the_name_that_its_main_process_knows() -> None:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, worker_name().encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 200).decode() == worker_name(child)
