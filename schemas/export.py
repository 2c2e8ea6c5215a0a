"""Taking the inventory out."""

from typing import Final

FORMAT: Final = 1
"Of the JSON Lines; raised when older code could not read them back."

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
"A row for each slot that a part lies in; one with quantity 0 for a part without stock."
