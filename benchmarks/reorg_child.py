"""Plan one shuffled layout in a process of its own, and print its CPU seconds, peak memory and moves as JSON."""

import json
import sys
import time
from pathlib import Path

from benchmarks.reorg_layouts import shuffled
from planner import PRESETS, plan


def main(placements: int) -> None:
    """Measure a plan for types and gaps; the layout's own memory counts, too."""
    layout = shuffled(placements)
    began = time.process_time()
    found = plan(layout, PRESETS["types"])
    seconds = time.process_time() - began
    # What getrusage says would include the process that started this one.
    peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
    print(json.dumps({"seconds": seconds, "megabytes": peak, "moves": found.moves}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
