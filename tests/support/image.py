"""The stages of a Dockerfile as plain commands, for a machine without Docker: each stage is a folder that its commands
see as their root.

The base image is this machine: its system, read-only and with compilers that cannot be run, and this Python under
/usr/local. What a line writes stays in the stage's own folder.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from json import loads
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser  # type: ignore[import-untyped]  # it ships no types

ROOT = Path(__file__).resolve().parents[2]
_SYSTEM = ("usr", "bin", "sbin", "lib", "lib64", "etc")
_COMPILERS = (
    "cc",
    "c++",
    "c89",
    "c99",
    "gcc*",
    "g++*",
    "clang*",
    "rustc",
    "cargo",
    "*-linux-gnu-gcc*",
    "*-linux-gnu-g++*",
)
_BIND = re.compile(r"--mount=type=bind,from=([\w-]+),source=(\S+),target=(\S+)\s+")
_PASSED = re.compile(r"PIP_|(HTTPS?|ALL|NO)_PROXY$|SSL_CERT_", re.IGNORECASE)
_FIRST_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage as far as it is built: its files, and what its later lines and its programs are given."""

    root: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(_FIRST_ENVIRONMENT))
    folder: str = "/"
    user: str = "0:0"
    command: tuple[str, ...] = ()
    health: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @contextmanager
    def start(
        self, command: Sequence[str], log: Path, volume: Path, **variables: str
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Run a program on a tree that nobody can write to; /tmp is empty, and `volume` is /data."""
        words = self._words(shlex.join(command), read_only=True, binds=((volume, "/data"),), variables=variables)
        with log.open("ab") as output:
            process = subprocess.Popen(words, stdout=output, stderr=output)
        try:
            yield process
        finally:
            process.terminate()
            process.wait()

    def run(self, command: Sequence[str], volume: Path, **variables: str) -> str:
        """Run a program like `start`, and return what it prints; it must end with 0."""
        words = self._words(shlex.join(command), read_only=True, binds=((volume, "/data"),), variables=variables)
        return _checked(words)

    def size(self) -> int:
        """Return the bytes that the stage adds to its base."""
        return sum(path.lstat().st_size for path in self.root.rglob("*") if not path.is_dir())

    def _words(
        self,
        shell: str,
        *,
        binds: Sequence[tuple[Path, str]] = (),
        read_only: bool = False,
        variables: Mapping[str, str] | None = None,
    ) -> list[str]:
        script = [*_mounts(self.root), *(f"mount --bind {source} {self.root}{target}" for source, target in binds)]
        if read_only:
            script += [f"mount -o remount,bind,ro {self.root}", f"mount -t tmpfs tmpfs {self.root}/tmp"]
        user, _, group = self.user.partition(":")
        given = {**self.environment, **(variables or {})}
        assigned = shlex.join(f"{name}={value}" for name, value in given.items())
        inside = shlex.quote(f"cd {self.folder} && exec {shell}" if read_only else f"cd {self.folder} && {shell}")
        script += [
            f"exec chroot --userspec={user}:{group or user} --groups= {self.root} env -i {assigned} sh -ec {inside}"
        ]
        return ["unshare", "--mount", "--", "sh", "-ec", "\n".join(script)]


def build(context: Path, folder: Path, **arguments: str) -> dict[str, Stage]:
    """Build all stages of the Dockerfile of a context below a folder, or skip the test where that cannot be done."""
    _can_build()
    parser = DockerfileParser(path=str(context), cache_content=True)
    lines = [(each["instruction"], each["value"]) for each in parser.structure if each["instruction"] != "COMMENT"]
    stages: dict[str, Stage] = {}
    known, name = dict(arguments), ""
    for instruction, value in lines:
        match instruction:
            case "ARG":
                argument, _, default = value.partition("=")
                known.setdefault(argument, default)
            case "FROM":
                base, name = re.split(r"\s+AS\s+", _filled(value, known))
                stages[name] = _begin(stages.get(base), folder / name)
            case _:
                stages[name] = _carry_out(stages[name], instruction, _filled(value, known), context, stages)
    return stages


def _carry_out(stage: Stage, instruction: str, value: str, context: Path, stages: Mapping[str, Stage]) -> Stage:
    match instruction:
        case "RUN":
            _run(stage, value, stages)
        case "COPY":
            _copy(stage, value, context, stages)
        case "ENV":
            return replace(stage, environment={**stage.environment, **_assignments(_filled(value, stage.environment))})
        case "LABEL":
            return replace(stage, labels={**stage.labels, **_assignments(value)})
        case "WORKDIR":
            _inside(stage, value).mkdir(parents=True, exist_ok=True)
            return replace(stage, folder=value)
        case "USER":
            return replace(stage, user=value)
        case "CMD":
            return replace(stage, command=tuple(loads(value)))
        case "HEALTHCHECK":
            return replace(stage, health=tuple(loads(value.partition("CMD")[2])))
        case "EXPOSE":
            pass
        case _:
            pytest.fail(f"this test does not know the instruction {instruction}")
    return stage


def _begin(base: Stage | None, root: Path) -> Stage:
    root.mkdir()
    if base is not None:
        _checked(["cp", "-a", f"{base.root}/.", str(root)])
        return replace(base, root=root)
    for name in ("proc", "dev", "tmp", "data", sys.base_prefix.lstrip("/")):
        (root / name).mkdir(parents=True)
    (root / "tmp").chmod(0o1777)
    for name in _SYSTEM:
        place = Path("/", name)
        if place.is_symlink():
            (root / name).symlink_to(place.readlink())
        elif place.exists():
            (root / name).mkdir()
    return Stage(root=root)


def _mounts(root: Path) -> Iterator[str]:
    """Yield the commands that lay the machine's system over a stage, without its compilers."""
    yield f"mount --bind {root} {root}"
    for name in _SYSTEM:
        if not (root / name).is_symlink() and (root / name).exists():
            yield f"mount --bind -o ro /{name} {root}/{name}"
    # This Python finds its library at the place that it was built for.
    for place in ("/usr/local", sys.base_prefix):
        yield f"mount --bind -o ro {sys.base_prefix} {root}{place}"
    for name in ("proc", "dev"):
        yield f"mount --rbind /{name} {root}/{name}"
    for compiler in Path("/usr/bin").iterdir():
        if any(fnmatch(compiler.name, pattern) for pattern in _COMPILERS) and not compiler.is_symlink():
            yield f"mount --bind /dev/null {root}{compiler}"


def _run(stage: Stage, value: str, stages: Mapping[str, Stage]) -> None:
    binds = [(stages[source].root / path.lstrip("/"), target) for source, path, target in _BIND.findall(value)]
    for _, target in binds:
        _inside(stage, target).mkdir(parents=True, exist_ok=True)
    passed = {name: given for name, given in os.environ.items() if _PASSED.match(name)}
    _checked(stage._words(_BIND.sub("", value), binds=binds, variables=passed))
    for _, target in binds:
        _inside(stage, target).rmdir()


def _copy(stage: Stage, value: str, context: Path, stages: Mapping[str, Stage]) -> None:
    words = value.split()
    origin = stages[words.pop(0).removeprefix("--from=")].root if words[0].startswith("--from=") else context
    *sources, target = words
    for source in sources:
        found, place = origin / source.lstrip("/"), _inside(stage, target)
        if found.is_dir():
            shutil.copytree(found, place, dirs_exist_ok=True)
            continue
        place = place / found.name if target.endswith(("/", ".")) else place
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(found, place)


def make_context(folder: Path) -> Path:
    """Copy the checkout to a folder as the file .dockerignore lets an engine see it."""
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    left_out = shutil.ignore_patterns(*(rule.removeprefix("**/") for rule in rules if rule.startswith("**/")))
    folder.mkdir()
    for name in ("Dockerfile", *(rule[1:] for rule in rules if rule.startswith("!"))):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=left_out)
        else:
            shutil.copy(source, folder / name)
    return folder


def _inside(stage: Stage, path: str) -> Path:
    return stage.root / os.path.normpath(os.path.join(stage.folder, path)).lstrip("/")  # noqa: PTH118 - of the stage


def _assignments(value: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in shlex.split(value))


def _filled(value: str, known: Mapping[str, str]) -> str:
    return re.sub(r"\$\{?(\w+)\}?", lambda found: known.get(found[1], found[0]), value)


def _can_build() -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("building the image's stages without Docker needs Linux and root")
    tried = subprocess.run(
        ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, text=True
    )
    if tried.returncode:
        pytest.skip(f"needs the right to mount: {tried.stderr.strip()}")
    if sys.base_prefix == "/usr":
        pytest.skip("needs a Python that lies outside of /usr, so that it can be the base image's")


def _checked(words: Sequence[str]) -> str:
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout
