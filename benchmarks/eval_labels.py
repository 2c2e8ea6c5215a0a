"""How many labels are parsed right: part number, quantity, supplier's number, from payloads as scanned."""

from collections import Counter
from pathlib import Path
from typing import Any, Final

from benchmarks.rows import read_rows
from schemas.markings import Code
from services.identification import parse_distributor_label

_DIALECTS: Final = ("digikey", "mouser", "lcsc")
_ONE_DIMENSIONAL: Final = ("code128", "code128_1d")


def run(data: Path, *, quick: bool) -> dict[str, Any]:
    """Parse each payload and compare number, quantity and supplier's number with the truth."""
    rows = read_rows(data, "payload", "distributor", "mpn", "qty", "supplier_sku")
    counts: Counter[str] = Counter()
    wrong_numbers: list[str] = []
    for row in rows[: 100 if quick else None]:
        dialect = row["distributor"].partition(":")[0]
        # A linear code holds one field: its truth was read off the rest of the label.
        group = f"{dialect}_1d" if dialect in _DIALECTS and row.get("symbology") in _ONE_DIMENSIONAL else dialect
        label = parse_distributor_label(
            Code(text=row["payload"], symbology=(row.get("symbology") or "").removesuffix("_1d"))
        )
        read = (label.manufacturer_code, label.quantity, label.supplier_code) if label else (None, None, None)
        counts[f"{group}.rows"] += 1
        counts[f"{group}.right"] += read == (row["mpn"], row["qty"], row["supplier_sku"])
        if read[0] not in (None, row["mpn"]):
            wrong_numbers.append(row["payload"])
    figures: dict[str, Any] = dict(sorted(counts.items())) | {"wrong_numbers": wrong_numbers}
    checks = [_check(f"{name} labels right", counts[f"{name}.right"], counts[f"{name}.rows"]) for name in _DIALECTS]
    wrong = {"name": "wrong part numbers", "value": len(wrong_numbers), "limit": 0, "ok": not wrong_numbers}
    return {"figures": figures, "checks": [*checks, wrong]}


def _check(name: str, value: int, limit: int) -> dict[str, Any]:
    return {"name": name, "value": value, "limit": limit, "ok": value >= limit}
