"""Running other programs to their end."""

import subprocess
from pathlib import Path


def run_command(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(words, check=False, capture_output=True, text=True)
