"""The formats of an export of the inventory."""

from typing import Final

FORMAT: Final = 1
"The version of the JSON Lines; raised when older code could not read them back."

CSV_COLUMNS: Final = (
    "id4",
    "manufacturer_code",
    "manufacturer",
    "type",
    "description",
    "tags",
    "seller",
    "seller_link",
    "slot",
    "quantity",
    "retired",
)
"The file has one row for each slot that a part lies in, and one with quantity 0 for a part without stock."
