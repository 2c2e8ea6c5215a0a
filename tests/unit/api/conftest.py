from pathlib import Path

import pytest

from api.app import create_app
from api.http.transaction import PartflowFlask
from settings import Settings
from settings.groups import StoreSettings


@pytest.fixture
def app(tmp_path: Path) -> PartflowFlask:
    return create_app(Settings(store=StoreSettings(folder=tmp_path)))
