"""Reading a KiCad symbol library; runs in the sandbox only.

Nearly all of a library is drawings and pins, five or more levels deep; the parser skips them. A general reader of
S-expressions builds them all and takes ten times as long.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Final

_OUTER: Final = 3
"The levels of lists that describe a symbol."
_MAX_DEPTH: Final = 100

_TOKEN = re.compile(r'\([^()"]*+\)|[()]|"(?:[^"\\]++|\\.)*+("?)', re.DOTALL)
"A whole list of bare words, since most lists are such; else the begin or end of a list, or a text."
_ATOM = r'("(?:[^"\\]++|\\.)*+"|[^\s()"]++)'
_LIBRARY = re.compile(r"\s*kicad_symbol_lib\b")
_SYMBOL = re.compile(rf"\s*symbol\s++{_ATOM}", re.DOTALL)
_FACT = re.compile(rf"\s*(property|extends|power|in_bom)\b\s*{_ATOM}?\s*{_ATOM}?", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass
class _Symbol:
    name: str
    line: int
    properties: dict[str, str] = field(default_factory=dict)
    extends: str | None = None
    is_power: bool = False
    in_bom: bool = True


def warm() -> None:
    """Nothing is loaded late."""


def main(content: bytes, _options: dict[str, int]) -> bytes:
    """Return JSON: `symbols`, or a `problem` and its `line`."""
    try:
        text = content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
        return json.dumps({"symbols": [asdict(symbol) for symbol in _File(text).symbols()]}).encode()
    except UnicodeDecodeError:
        return json.dumps({"problem": "the file is not UTF-8 text; save it with KiCad 6 or newer"}).encode()
    except ValueError as damage:
        problem, line = damage.args
        return json.dumps({"problem": problem, "line": line}).encode()


class _File:
    def __init__(self, text: str) -> None:
        self._text = text
        self._line = 1
        self._counted = 0
        "the characters in which lines are already counted"

    def symbols(self) -> list[_Symbol]:
        found: list[_Symbol] = []
        symbol: _Symbol | None = None
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

    def _symbol(self, start: int) -> _Symbol | None:
        self._line += self._text.count("\n", self._counted, start)
        self._counted = start
        named = _SYMBOL.match(self._text, start)
        return _Symbol(_plain(named[1]), self._line) if named else None

    def _learn(self, symbol: _Symbol, start: int) -> None:
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

    def _error(self, place: int, problem: str) -> ValueError:
        return ValueError(problem, self._text.count("\n", 0, place) + 1)


def _plain(atom: str) -> str:
    if not atom.startswith('"'):
        return atom
    return _ESCAPE.sub(lambda escape: _ESCAPED.get(escape[1], escape[1]), atom[1:-1])
