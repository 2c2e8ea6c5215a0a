"""Reading KiCad symbol libraries (`.kicad_sym`), which are hostile until they are parsed, in a child process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, ValidationError

from clients.files import sandbox
from clients.files.warm_sandbox import WarmSandbox
from schemas.base import Dto
from schemas.errors import InvalidInput

MAX_BYTES: Final = 100_000_000
"Ten times the size of the largest known library."
_LIMITS: Final = sandbox.Limits(seconds=120, memory_mb=2048, output_mb=256)
_MAX_INHERITANCE: Final = 20
_FOLDER: Final = ".kicad_symdir"
"Since KiCad 10 a library may be a folder, with a file for each symbol."


@dataclass
class KicadSymbol:
    """A symbol of a library, without drawings and pins."""

    name: str
    file: Path
    line: int
    properties: dict[str, str] = field(default_factory=dict)
    extends: str | None = None
    is_power: bool = False
    in_bom: bool = True


class _Symbol(Dto):
    """A symbol as the child answers; a hostile file may have taken the child over."""

    name: str
    line: Annotated[int, Field(ge=1)]
    properties: dict[str, str]
    extends: str | None
    is_power: bool
    in_bom: bool


class _Answer(Dto):
    symbols: tuple[_Symbol, ...] = ()
    problem: Annotated[str, Field(max_length=200)] | None = None
    line: Annotated[int, Field(ge=1)] | None = None


def find_libraries(paths: list[Path]) -> dict[Path, list[Path]]:
    """Return the named libraries, and those in the named folders, each with its files, in order.

    Raises:
        InvalidInput: a folder has no library.
    """
    files: dict[Path, None] = {}
    for path in paths:
        found = sorted(path.rglob("*.kicad_sym")) if path.is_dir() else [path]
        if not found:
            raise InvalidInput(f"there is no .kicad_sym file in {path}; name the folder of a symbol library")
        files.update(dict.fromkeys(found))
    libraries: dict[Path, list[Path]] = {}
    for file in files:
        libraries.setdefault(file.parent if file.parent.suffix == _FOLDER else file, []).append(file)
    return libraries


class LibraryReader:
    """Reads libraries, in one child process for all of them, because there may be thousands of small files."""

    def __init__(self) -> None:
        self._sandbox = WarmSandbox("clients._kicad_child", limits=_LIMITS, max_requests=1000, idle_seconds=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sandbox.close()

    def read(self, files: Sequence[Path]) -> list[KicadSymbol]:
        """Return the symbols of a library, each with the properties that it inherits.

        Raises:
            InvalidInput: the file is not a library, or is damaged; the message names file and line.
        """
        found = {symbol.name: symbol for file in files for symbol in self._symbols(file)}
        return [_complete(symbol, found) for symbol in found.values()]

    def _symbols(self, file: Path) -> list[KicadSymbol]:
        try:
            answer = _Answer.model_validate_json(self._sandbox.ask(_content(file)))
        except (sandbox.SandboxError, ValidationError) as error:
            # One that answers in no known form may have been taken over.
            self._sandbox.close()
            raise InvalidInput(f"{file}: the file breaks its parser ({error}); leave it out", file=str(file)) from error
        if answer.problem and answer.line:
            raise _error(file, answer.line, answer.problem)
        if answer.problem:
            raise InvalidInput(f"{file}: {answer.problem}")
        return [KicadSymbol(file=file, **symbol.model_dump()) for symbol in answer.symbols]


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InvalidInput(f"{path}: the file has more than {MAX_BYTES} bytes; split the library", limit=MAX_BYTES)
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path}: the file cannot be read ({error.strerror}); name another one") from error


def _complete(symbol: KicadSymbol, found: Mapping[str, KicadSymbol]) -> KicadSymbol:
    """Return a symbol with the properties that it inherits."""
    ancestor = symbol
    for _ in range(_MAX_INHERITANCE):
        if ancestor.extends is None:
            return symbol
        origin = found.get(ancestor.extends)
        if origin is None:
            problem = f"symbol {ancestor.name} extends {ancestor.extends}, which is not in the library"
            raise _error(ancestor.file, ancestor.line, problem)
        symbol.properties = {**origin.properties, **symbol.properties}
        symbol.is_power = symbol.is_power or origin.is_power
        ancestor = origin
    raise _error(symbol.file, symbol.line, f"symbol {symbol.name} is derived from itself")


def _error(file: Path, line: int, problem: str) -> InvalidInput:
    return InvalidInput(f"{file}:{line}: {problem}", file=str(file), line=line)
