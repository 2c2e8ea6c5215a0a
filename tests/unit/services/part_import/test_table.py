import pytest

from schemas.errors import InvalidInput
from schemas.part_import import ImportField
from services.part_import.rows import read_rows
from services.part_import.table import read_table

CODE, QUANTITY, SLOT = ImportField.MANUFACTURER_CODE, ImportField.QUANTITY, ImportField.SLOT


def read(content: str | bytes, **columns: ImportField | None) -> dict[str, ImportField | None]:
    return read_table(content.encode() if isinstance(content, str) else content, columns=columns, max_rows=100).columns


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (
            "Digi-Key Part #,Manufacturer Part Number,Description,Quantity",
            [None, CODE, ImportField.DESCRIPTION, QUANTITY],
        ),
        ("Mouser #:,Mfr. #:,Manufacturer:,Order Qty.", [None, CODE, ImportField.MANUFACTURER, QUANTITY]),
        ("LCSC Part Number,Manufacture Part Number,Manufacturer,Qty", [None, CODE, ImportField.MANUFACTURER, QUANTITY]),
        ("name;mpn;storage_location;tags", [None, CODE, SLOT, ImportField.TAGS]),
        ("Name\tCategory\tIn Stock", [CODE, ImportField.TYPE, QUANTITY]),
        ("Teilenummer;Beschreibung;Menge;Lagerort", [CODE, ImportField.DESCRIPTION, QUANTITY, SLOT]),
    ],
)
def test_columns_go_by_their_usual_names(header: str, fields: list[ImportField | None]) -> None:
    assert list(read(f"{header}\nA1,B1").values()) == fields


def test_columns_can_be_named() -> None:
    fields = read("Bestellnr.,Part,Qty\nA1,x,2\n", **{"Bestellnr.": CODE, "Qty": None})

    assert fields == {"Bestellnr.": CODE, "Part": None, "Qty": None}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_the_usual_encodings(encoding: str) -> None:
    table = read_table("MPN,Description\nR1,±5 µA\n".encode(encoding), columns={}, max_rows=10)

    assert table.rows == ((2, {CODE: "R1", ImportField.DESCRIPTION: "±5 µA"}),)


def test_line_is_where_a_row_begins() -> None:
    table = read_table(b'MPN,Description\n\nA1,"two\nlines"\nB1,x\n', columns={}, max_rows=10)

    assert [line for line, _cells in table.rows] == [3, 5]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\n\n", "the file is empty"),
        (b"MPN,Qty\n", "no rows"),
        (b"Colour,Qty\nred,1\n", "no column is recognised"),
        (b"MPN,MPN\nA1,B1\n", "two columns"),
        (b'MPN,Qty\n"A1,2\n', "line 2"),
        (b"MPN\n\x00\n", "not text"),
        (b"\xff\xfeM", "damaged"),
        (b"MPN\n" + b"A1\n" * 101, "more than 100 rows"),
        (b"MPN\n" + b"x" * 200_000, "line 2"),
        (b"MPN" + b",x" * 500 + b"\nA1\n", "has 501 columns, and an import reads at most 500"),
        (b"MPN," + b"x" * 201 + b"\nA1,1\n", "201 characters, and the limit is 200"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        read(content)


@pytest.mark.parametrize(
    ("columns", "problem"), [({"Nr": CODE}, "column 'Nr' does not exist"), ({"A": CODE, "B": CODE}, "both mapped to")]
)
def test_wrong_names_of_columns_are_refused(columns: dict[str, ImportField | None], problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        read("A,B\n1,2\n", **columns)


@pytest.mark.parametrize(
    ("cell", "quantity"),
    [("5", 5), ("5.00", 5), ("1,000", 1000), ("12 pcs", 12), ("10 x", 10), ("1'000'000", 1_000_000), ("", None)],
)
def test_quantity_is_a_whole_number(cell: str, quantity: int | None) -> None:
    (row,), bad = read_rows(read_table(f'MPN,Qty\nA1,"{cell}"\n'.encode(), columns={}, max_rows=10))

    assert (row.quantity, bad) == (quantity, [])


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("A1,many,,", "quantity"),
        ("A1,-3,,", "quantity"),
        ("A1,1.5,,", "quantity"),
        ("A1,1.000,,", "quantity"),
        ("A1," + "9" * 30 + ",,", "quantity"),
        ("A1,1,Drawer 3,", "slot"),
        ("A1,1,0-1,", "slot"),
        ("---,1,,", "manufacturer_code"),
        ("A1,1,,###", "tags"),
        (",1,1-1,", None),
        ("A1,1,1-1,tag,more", None),
    ],
)
def test_bad_row_says_its_line_and_field(row: str, field: str | None) -> None:
    good, bad = read_rows(read_table(f"MPN,Qty,Location,Tags\n{row}\n".encode(), columns={}, max_rows=10))

    assert (good, [(each.line, each.problems[0].field) for each in bad]) == ([], [(2, field)])
