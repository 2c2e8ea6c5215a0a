"""Reading KiCad symbol libraries (`.kicad_sym`), which are hostile until they are parsed.

Nearly all of a library is drawings and pins, five or more levels deep; the parser skips them. A general reader of
S-expressions builds them all and takes ten times as long.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from schemas.errors import InvalidInput

MAX_BYTES: Final = 100_000_000
"Ten times the size of the largest known library."
_OUTER: Final = 3
"The levels of lists that describe a symbol."
_MAX_DEPTH: Final = 100
_MAX_INHERITANCE: Final = 20

_FOLDER: Final = ".kicad_symdir"
"Since KiCad 10 a library may be a folder, with a file for each symbol."

_TOKEN = re.compile(r'\([^()"]*+\)|[()]|"(?:[^"\\]++|\\.)*+("?)', re.DOTALL)
"A whole list of bare words, since most lists are such; else the begin or end of a list, or a text."
_ATOM = r'("(?:[^"\\]++|\\.)*+"|[^\s()"]++)'
_LIBRARY = re.compile(r"\s*kicad_symbol_lib\b")
_SYMBOL = re.compile(rf"\s*symbol\s++{_ATOM}", re.DOTALL)
_FACT = re.compile(rf"\s*(property|extends|power|in_bom)\b\s*{_ATOM}?\s*{_ATOM}?", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


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


def read_library(files: Sequence[Path]) -> list[KicadSymbol]:
    """Return the symbols of a library, each with the properties that it inherits.

    Raises:
        InvalidInput: the file is not a library, or is damaged; the message names file and line.
    """
    found: dict[str, KicadSymbol] = {}
    for file in files:
        found.update((symbol.name, symbol) for symbol in _File(file, _text(file)).symbols())
    return [_complete(symbol, found) for symbol in found.values()]


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InvalidInput(f"{path}: the file has more than {MAX_BYTES} bytes; split the library", limit=MAX_BYTES)
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{path}: the file cannot be read ({error.strerror}); name another one") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path}: the file is not UTF-8 text; save it with KiCad 6 or newer") from error


class _File:
    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        self._line = 1
        self._counted = 0
        "the characters in which lines are already counted"

    def symbols(self) -> list[KicadSymbol]:
        found: list[KicadSymbol] = []
        symbol: KicadSymbol | None = None
        for depth, start in self._lists():
            if depth == 1 and not _LIBRARY.match(self._text, start):
                raise self._error(start, "this is not a KiCad symbol library; save it with KiCad 6 or newer")
            if depth == 2:
                symbol = self._symbol(start)
                if symbol:
                    found.append(symbol)
            elif depth == 3 and symbol:
                self._learn(symbol, start)
        if not self._text.strip():
            raise self._error(0, "the file is empty")
        return found

    def _lists(self) -> Iterator[tuple[int, int]]:
        """Yield depth and content of each list of the three outermost levels."""
        opened: list[int] = []
        for token in _TOKEN.finditer(self._text):
            start, last = token.start(), self._text[token.end() - 1]
            match self._text[start]:
                case "(":
                    if len(opened) < _OUTER:
                        yield len(opened) + 1, start + 1
                    if last == "(":
                        opened.append(start)
                        if len(opened) > _MAX_DEPTH:
                            raise self._error(start, f"lists are nested deeper than {_MAX_DEPTH}")
                case ")":
                    if not opened:
                        raise self._error(start, "this closes a list that was never opened")
                    opened.pop()
                case _ if not token[1]:
                    raise self._error(start, "the text that begins here never ends")
        if opened:
            raise self._error(opened[-1], "the list that begins here is never closed; the file may be cut off")
        if self._text.strip() and not self._text.lstrip().startswith("("):
            raise self._error(0, "this is not a KiCad symbol library")

    def _symbol(self, start: int) -> KicadSymbol | None:
        self._line += self._text.count("\n", self._counted, start)
        self._counted = start
        named = _SYMBOL.match(self._text, start)
        return KicadSymbol(_plain(named[1]), self._path, self._line) if named else None

    def _learn(self, symbol: KicadSymbol, start: int) -> None:
        fact = _FACT.match(self._text, start)
        if fact is None:
            return
        kind, first, second = fact[1], _plain(fact[2] or ""), _plain(fact[3] or "")
        match kind:
            case "property":
                symbol.properties[first] = second
            case "extends":
                symbol.extends = first
            case "power":
                symbol.is_power = True
            case "in_bom":
                symbol.in_bom = first != "no"

    def _error(self, place: int, problem: str) -> InvalidInput:
        return _error(self._path, self._text.count("\n", 0, place) + 1, problem)


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


def _plain(atom: str) -> str:
    if not atom.startswith('"'):
        return atom
    return _ESCAPE.sub(lambda escape: _ESCAPED.get(escape[1], escape[1]), atom[1:-1])
