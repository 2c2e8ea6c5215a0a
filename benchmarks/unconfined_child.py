"""A child of the sandbox without walls: the benchmark `jail` starts it to compare, and nothing else does."""

import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from clients.files import _jail

    vars(_jail)["enter"] = lambda _parent: ([], [])
    runpy.run_path(str(ROOT / "clients" / "files" / "_child.py"), run_name="__main__")
