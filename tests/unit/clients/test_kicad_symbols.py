from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.kicad_symbols import LibraryReader, find_libraries
from schemas.errors import InvalidInput
from services.catalogue import catalogue_rows
from tests.support.kicad import library, symbol

TIMER = symbol(
    "NE555P",
    pins=8,
    Value="NE555P",
    Description='Timer "classic"',
    ki_keywords="timer oscillator",
    Datasheet="http://www.ti.com/lit/ds/symlink/ne555.pdf",
)


@pytest.fixture(scope="module")
def reader() -> Iterator[LibraryReader]:
    with LibraryReader() as opened:
        yield opened


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "Timer_Parts.kicad_sym"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_symbol_becomes_a_catalogue_row(reader: LibraryReader, tmp_path: Path) -> None:
    (row,) = catalogue_rows(reader.read([written(tmp_path, library(TIMER))]), "Timer_Parts")

    assert (row.manufacturer_code, row.description, row.keywords) == ("NE555P", 'Timer "classic"', "timer oscillator")
    assert (row.type_name, row.datasheet_url) == ("Timer Parts", "http://www.ti.com/lit/ds/symlink/ne555.pdf")


def test_derived_symbol_inherits_what_it_does_not_say(reader: LibraryReader, tmp_path: Path) -> None:
    derived = symbol("NE555D", '(extends "NE555P")', Value="NE555D", Description="Timer, SOIC-8")
    rows = catalogue_rows(reader.read([written(tmp_path, library(TIMER, derived))]), "Timer")

    assert [(row.manufacturer_code, row.description, row.keywords) for row in rows] == [
        ("NE555P", 'Timer "classic"', "timer oscillator"),
        ("NE555D", "Timer, SOIC-8", "timer oscillator"),
    ]


def test_folder_of_kicad_10_is_one_library(reader: LibraryReader, tmp_path: Path) -> None:
    folder = tmp_path / "Timer_Parts.kicad_symdir"
    folder.mkdir()
    (folder / "NE555P.kicad_sym").write_text(library(TIMER))
    (folder / "NE555D.kicad_sym").write_text(library(symbol("NE555D", '(extends "NE555P")', Value="NE555D")))
    ((found, files),) = find_libraries([tmp_path]).items()
    rows = catalogue_rows(reader.read(files), found.stem)

    assert [(row.manufacturer_code, row.keywords, row.type_name) for row in rows] == [
        ("NE555D", "timer oscillator", "Timer Parts"),
        ("NE555P", "timer oscillator", "Timer Parts"),
    ]


def test_symbol_that_lacks_its_origin_is_named_with_its_line(reader: LibraryReader, tmp_path: Path) -> None:
    text = library(TIMER, symbol("A1", '(extends "B1")'))
    path = written(tmp_path, text)
    line = text[: text.index('"A1"')].count("\n") + 1

    with pytest.raises(InvalidInput, match=f"{path}:{line}: symbol A1 extends B1"):
        reader.read([path])


@pytest.mark.parametrize(
    "left_out",
    [
        symbol("+3V3", "(power)", Value="+3V3"),
        symbol("+5V", "(power global)", Value="+5V"),
        symbol("GND3", Reference="#PWR", Value="GND3"),
        symbol("FLG1", Reference="#FLG01", Value="FLG1"),
        symbol("Logo1", "(in_bom no)", Value="Logo1"),
        symbol("LED", Value="LED"),
        symbol("R", Value="R"),
        symbol("VDC", Value="${SIM.PARAMS}"),
    ],
)
def test_what_is_no_part_is_left_out(reader: LibraryReader, tmp_path: Path, left_out: str) -> None:
    assert catalogue_rows(reader.read([written(tmp_path, library(left_out))]), "any") == []


@pytest.mark.parametrize(
    ("properties", "number"),
    [
        ({"Value": "100n", "MPN": "CL10B104KB8NNNC"}, "CL10B104KB8NNNC"),
        ({"Value": ""}, "SYM1"),
        ({"Value": "74HC00{slash}D"}, "74HC00/D"),
    ],
)
def test_number_is_read_where_libraries_have_it(
    reader: LibraryReader, tmp_path: Path, properties: dict[str, str], number: str
) -> None:
    (row,) = catalogue_rows(reader.read([written(tmp_path, library(symbol("SYM1", pins=0, **properties)))]), "any")

    assert row.manufacturer_code == number


@pytest.mark.parametrize("address", ["~", "", "javascript:alert(1)", "file:///etc/passwd", "see page 3"])
def test_address_of_no_web_page_is_left_out(reader: LibraryReader, tmp_path: Path, address: str) -> None:
    text = library(symbol("NE555P", Value="NE555P", Datasheet=address))

    assert catalogue_rows(reader.read([written(tmp_path, text)]), "any")[0].datasheet_url is None


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (library(TIMER)[:-2], 1, "never closed"),
        (library(TIMER) + ")", 30, "never opened"),
        ('(kicad_symbol_lib\n(symbol "A1"\n(property "Value" "A', 3, "never ends"),
        ('(kicad_symbol_lib\n(symbol "A1\\"', 2, "never ends"),
        ("(kicad_symbol_lib\n" + "(" * 1_000_000, 2, "deeper"),
        ("(module thing)", 1, "not a KiCad symbol library"),
        ("EESchema-LIBRARY Version 2.4", 1, "not a KiCad symbol library"),
        ("", 1, "empty"),
        (library(symbol("A1", '(extends "B1")')), 4, "extends B1"),
        (library(symbol("A1", '(extends "A1")')), 4, "derived from itself"),
    ],
)
def test_damaged_library_names_file_and_line(
    reader: LibraryReader, tmp_path: Path, text: str, line: int, problem: str
) -> None:
    path = written(tmp_path, text)

    with pytest.raises(InvalidInput) as refusal:
        reader.read([path])

    assert refusal.value.message.startswith(f"{path}:")
    assert problem in refusal.value.message
    if ")" not in text[-1:]:
        assert refusal.value.details["line"] == line


def test_file_that_is_no_text_is_refused(reader: LibraryReader, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="UTF-8"):
        reader.read([written(tmp_path, b"\xff\xfe\x00")])


def test_folder_without_libraries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no \.kicad_sym file"):
        find_libraries([tmp_path])


def test_files_and_folders_are_read_once_in_order(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.kicad_sym").touch()

    named = [tmp_path / "b.kicad_sym", tmp_path]
    assert [path.stem for path in find_libraries(named)] == ["b", "a"]


def test_file_that_breaks_the_parser_is_refused_alone(
    reader: LibraryReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, library(TIMER))
    monkeypatch.setattr(reader._sandbox, "_module", "tests.unit.clients.files.sandbox_playground")
    reader._sandbox.close()

    with pytest.raises(InvalidInput, match="breaks its parser"):
        reader.read([path])

    monkeypatch.undo()
    assert [symbol.name for symbol in reader.read([path])] == ["NE555P"]
