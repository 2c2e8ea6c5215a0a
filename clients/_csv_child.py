"""Reading a table: its encoding, delimiter and cells; runs in the sandbox only."""

import codecs
import csv
import io
import json
from collections.abc import Collection, Iterator
from typing import Final

from clients.column_names import plain

_DELIMITERS: Final = (",", ";", "\t", "|")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE: Final = 20_000
"The number of characters from which the delimiter is detected."


def warm() -> None:
    """Let the libraries load what they load late."""
    main(b'{"given": [], "known": [], "max_rows": 1}\nA,B\n"1","2"\n', {})


def main(content: bytes, _options: dict[str, int]) -> bytes:
    """Return JSON: what is known of the table, and the problem at which reading stopped, if there is one.

    The content is a line of JSON, with the names of columns that are `given` and those that are `known`, and how many
    rows are looked at, and then the file.
    """
    asked, _, file = content.partition(b"\n")
    answer: dict[str, object] = {}
    try:
        _read(file, json.loads(asked), answer)
    except csv.Error as error:
        answer["problem"], answer["line"], answer["detail"] = error.args
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _read(file: bytes, asked: dict[str, list[str] | int], answer: dict[str, object]) -> None:
    given, known, max_rows = asked["given"], asked["known"], asked["max_rows"]
    assert isinstance(given, list)
    assert isinstance(known, list)
    assert isinstance(max_rows, int)
    text, answer["encoding"] = _decoded(file)
    delimiter = max(_DELIMITERS, key=lambda each: _fit(text[:_SAMPLE], each, frozenset(given), frozenset(known)))
    lines = _rows(text, delimiter)
    header = next(lines, (1, []))[1]
    found: list[tuple[int, list[str]]] = []
    ragged: list[int] = []
    answer |= {"delimiter": delimiter, "header": header, "rows": found, "ragged": ragged}
    for line, cells in lines:
        if any(cells[len(header) :]):
            ragged.append(line)
        found.append((line, cells[: len(header)]))
        if len(found) > max_rows:
            break


def _decoded(content: bytes) -> tuple[str, str]:
    encoding = next((name for bom, name in _BOMS if content.startswith(bom)), None)
    for name in [encoding] if encoding else ["utf-8", "cp1252", "latin-1"]:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise csv.Error("not_text", 1, "")
        return text, name
    raise csv.Error("not_its_encoding", 1, "")


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, each with the line at which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise csv.Error("not_csv", line, str(error)) from error


def _fit(sample: str, delimiter: str, given: Collection[str], known: Collection[str]) -> tuple[int, int]:
    try:
        header = next(_rows(sample, delimiter), (1, []))[1]
    except csv.Error:
        return 0, 0
    return sum(name in given or plain(name) in known for name in header), len(header)
