"""The launcher at the root, with stand-ins for Python and pip."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from embedded.layout import CHECKOUT

ECHO = '#!/bin/sh\nprintf "%s|" "$@"\nprintf "%s" "$PYTHONPATH"\n'
FAKE_PYTHON = """#!/bin/sh
case "$*" in
    *ensurepip*) echo "$0" ;;
    "-m venv --clear "*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
    "-m pip install "*) [ ! -e "${0%/bin/python}/../broken" ] || { echo "no route to the index"; exit 1; } ;;
    *) printf "%s|" "$@" ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "a check out"
    (folder / "requirements").mkdir(parents=True)
    shutil.copy(CHECKOUT / "partflow", folder)
    for name in ("embedded", "dev"):
        (folder / f"requirements/{name}.txt").write_text(name)
    return folder


def _script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def _run(program: Path, *words: str, path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {"HOME": str(path / "home"), "PATH": f"{path}:/usr/bin:/bin", **environment}
    return subprocess.run([program, *words], env=variables, cwd="/", check=False, capture_output=True, text=True)


def _set_up(checkout: Path, requirements: str = "embedded") -> None:
    _script(checkout / ".venv/bin/python", ECHO)
    digest = hashlib.sha256(requirements.encode()).hexdigest()
    (checkout / f".venv/{requirements}.sha256").write_text(f"{digest}  -\n")


def test_current_environment_is_used_at_once(checkout: Path, tmp_path: Path) -> None:
    _set_up(checkout)
    result = _run(checkout / "partflow", "intake", "my photo.jpg", path=tmp_path)
    assert result.stdout == f"-P|-m|cli|intake|my photo.jpg|{checkout}"
    assert result.stderr == ""


def test_link_leads_to_the_checkout(checkout: Path, tmp_path: Path) -> None:
    _set_up(checkout)
    link = tmp_path / "link"
    link.symlink_to(checkout / "partflow")
    assert _run(link, "up", path=tmp_path).stdout.endswith(f"|{checkout}")


@pytest.mark.parametrize("command", ["demo", "test"])
def test_first_start_installs_and_the_second_does_not(checkout: Path, tmp_path: Path, command: str) -> None:
    _script(tmp_path / "python3.12", FAKE_PYTHON)
    first, second = (_run(checkout / "partflow", command, path=tmp_path) for _ in range(2))
    assert "installing" in first.stderr
    assert (second.stderr, second.stdout) == ("", f"-P|-m|cli|{command}|")


def test_changed_requirements_are_installed(checkout: Path, tmp_path: Path) -> None:
    _script(tmp_path / "python3.12", FAKE_PYTHON)
    _run(checkout / "partflow", "demo", path=tmp_path)
    (checkout / "requirements/embedded.txt").write_text("more")
    assert "installing" in _run(checkout / "partflow", "demo", path=tmp_path).stderr


def test_failed_install_shows_why_and_is_repaired(checkout: Path, tmp_path: Path) -> None:
    _script(tmp_path / "python3.12", FAKE_PYTHON)
    (checkout / "broken").touch()
    failed = _run(checkout / "partflow", "demo", path=tmp_path)
    (checkout / "broken").unlink()
    assert failed.returncode == 69
    assert "no route to the index" in failed.stderr
    assert "making an environment" in _run(checkout / "partflow", "demo", path=tmp_path).stderr


def test_python_of_a_version_manager_is_found(checkout: Path, tmp_path: Path) -> None:
    _script(tmp_path / "python3.12", "#!/bin/sh\nexit 127\n")
    _script(tmp_path / "home/.pyenv/versions/3.13.2/bin/python3.13", FAKE_PYTHON)
    stderr = _run(checkout / "partflow", "demo", path=tmp_path).stderr
    assert "3.13.2/bin/python3.13" in stderr


def test_named_environment_is_used(checkout: Path, tmp_path: Path) -> None:
    _set_up(checkout)
    (checkout / ".venv").rename(tmp_path / "named")
    result = _run(checkout / "partflow", "up", path=tmp_path, PARTFLOW_VENV=str(tmp_path / "named"))
    assert result.stdout.startswith("-P|-m|cli|up|")
