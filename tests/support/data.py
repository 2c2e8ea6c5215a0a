"""The evaluation data that lies beside a checkout, where there is any."""

from pathlib import Path

import pytest

_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def data_folder(name: str) -> Path:
    """Return a folder of the evaluation data, or skip the test where it is absent."""
    folder = _DATA / name
    if not folder.is_dir():
        pytest.skip(f"needs the evaluation data: no ../shared/data/{name} beside the checkout")
    return folder
