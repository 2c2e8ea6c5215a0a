"""What becomes of each row of a file: the same rules for a dry run and for the import itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from models import Part
from schemas.errors import InvalidInput
from schemas.part_import import ImportCounts, ImportOptions, ImportRow, Quantities, RowAction, RowPlan, RowProblem
from schemas.part_number import code_key
from schemas.slot import Slot
from services.part_import.snapshot import Snapshot

_NEW = "*"
"Begins the key of a part that the file itself makes; the rest is the line that does."


@dataclass
class PlannedRow:
    """A row, the part that it means, and what it does."""

    row: ImportRow
    part: str | None
    "its id4, or the key of one that a row above makes; None: this row makes it"
    changes: dict[str, object] = field(default_factory=dict)
    books: bool = False
    "whether it changes stock"
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The part, before it has letters too."""
        return self.part or f"{_NEW}{self.row.line}"


class ImportPlan:
    """Rows are planned from the first to the last, each in the inventory that those above would leave."""

    def __init__(self, snapshot: Snapshot, options: ImportOptions) -> None:
        self._there = snapshot
        self._options = options
        self._sets = options.quantities == Quantities.SET
        self._free = snapshot.free
        self._made: dict[str, str] = {}
        self.new_types: dict[str, str] = {}
        "types to add, by their lower case"

    def rows(self, rows: Sequence[ImportRow]) -> list[PlannedRow]:
        """Plan rows, in their order."""
        return [self._planned(row) for row in rows]

    def _planned(self, row: ImportRow) -> PlannedRow:
        known: Part | None = None
        try:
            key, known = self._meant(row)
        except InvalidInput as problem:
            return PlannedRow(row, None, problems=[RowProblem(field=None, message=str(problem))])
        planned = PlannedRow(row, key, changes=self._changes(row, known), books=self._books(row))
        planned.problems += self._type_problems(row)
        if planned.books:
            planned.problems += self._stock_problems(planned, known)
        if not planned.problems:
            self._remember(planned)
        return planned

    def _meant(self, row: ImportRow) -> tuple[str | None, Part | None]:
        """Return the part that a row means: one that is there, or one that a row above makes, or neither.

        Raises:
            InvalidInput: several parts match, or no part has that ID.
        """
        if row.id4:
            part = self._there.by_id4.get(row.id4)
            if part is None:
                raise InvalidInput(f"there is no part {row.id4}; leave id4 empty to add one")
            return part.id4, part
        found = self._named(row)
        if len(found) > 1:
            letters = ", ".join(sorted(part.id4 for part in found))
            raise InvalidInput(f"this row matches several parts ({letters}); put the ID of one of them into column id4")
        if found:
            return found[0].id4, found[0]
        return self._made.get(_name(row)), None

    def _named(self, row: ImportRow) -> Sequence[Part]:
        if row.manufacturer_code is None:
            return self._there.by_description.get((row.description or "").lower(), [])
        found = self._there.by_code.get(code_key(row.manufacturer_code), [])
        maker = code_key(row.manufacturer or "")
        same = [part for part in found if maker and code_key(part.manufacturer or "") == maker]
        return same or [part for part in found if not maker or not part.manufacturer]

    def _changes(self, row: ImportRow, known: Part | None) -> dict[str, object]:
        changes = dict(row.fields)
        if "type" in changes:
            changes["type"] = self._there.types.get(str(changes["type"]).lower(), changes["type"])
        if row.tags is not None:
            changes["tags"] = tuple(dict.fromkeys(self._there.synonyms.get(tag, tag) for tag in row.tags))
        if known is None:
            return changes
        return {name: value for name, value in changes.items() if _held(known, name) != value}

    def _books(self, row: ImportRow) -> bool:
        # Nothing more is no booking; nothing in a slot is a count.
        return bool(row.quantity) or (row.quantity == 0 and row.slot is not None and self._sets)

    def _type_problems(self, row: ImportRow) -> list[RowProblem]:
        if row.type is None or row.type.lower() in self._there.types:
            return []
        if self._options.add_types:
            self.new_types.setdefault(row.type.lower(), row.type)
            return []
        return [RowProblem(field="type", message=f"there is no type {row.type}; add it, or say add_types")]

    def _stock_problems(self, planned: PlannedRow, known: Part | None) -> list[RowProblem]:
        row, key = planned.row, planned.key
        if known is not None and known.retired_at is not None:
            return [
                RowProblem(field="quantity", message=f"{known.id4} is retired; restore it before you book stock in")
            ]
        slot = row.slot
        if slot is None:
            return self._choice_problems(key)
        if slot not in self._there.slots:
            return [RowProblem(field="slot", message=f"there is no location {slot}; add the box first")]
        others = self._there.lying.get(slot, set()) - {key}
        if others and row.quantity and not self._options.share and slot not in self._there.held.get(key, set()):
            other = min(others)
            lies = (
                f"the part of line {other.removeprefix(_NEW)} goes to" if other.startswith(_NEW) else f"{other} lies in"
            )
            problem = f"{lies} {slot} already; choose another slot, or say share to put both there"
            return [RowProblem(field="slot", message=problem)]
        return []

    def _choice_problems(self, key: str) -> list[RowProblem]:
        lies_in = self._there.held.get(key, set())
        if self._sets:
            problem = "say in which slot so many lie; a quantity can only be set for a slot"
            return [RowProblem(field="slot", message=problem)]
        if not lies_in and self._free <= 0:
            return [RowProblem(field="slot", message="no slot is free; add a box, or say which slot to share")]
        return []

    def _remember(self, planned: PlannedRow) -> None:
        if planned.part is None:
            self._made[_name(planned.row)] = planned.key
        if not planned.books or not planned.row.quantity:
            return
        held = self._there.held.setdefault(planned.key, set())
        slot = planned.row.slot
        if slot is None:
            self._free -= not held
            held.add(_SOMEWHERE)
            return
        lying = self._there.lying.setdefault(slot, set())
        self._free -= not lying
        lying.add(planned.key)
        held.add(slot)


_SOMEWHERE = Slot(0, 0)
"The slot of a part that is chosen when it is booked."


def shown(planned: PlannedRow, options: ImportOptions) -> RowPlan:
    """Render what becomes of a row."""
    row, part = planned.row, planned.part
    return RowPlan(
        line=row.line,
        action=_action(planned),
        id4=part if part and not part.startswith(_NEW) else None,
        part=row.manufacturer_code or row.description or row.id4,
        sets=() if planned.problems else tuple(planned.changes),
        stock=_stock(planned, options) if planned.books and not planned.problems else None,
        problems=tuple(planned.problems),
    )


def counts(plans: Sequence[RowPlan]) -> ImportCounts:
    """Count what becomes of rows."""
    return ImportCounts(**{action.value: sum(plan.action == action for plan in plans) for action in RowAction})


def _action(planned: PlannedRow) -> RowAction:
    if planned.problems:
        return RowAction.BAD
    if planned.part is None:
        return RowAction.CREATE
    return RowAction.UPDATE if planned.changes or planned.books else RowAction.UNCHANGED


def _stock(planned: PlannedRow, options: ImportOptions) -> str:
    row = planned.row
    if options.quantities == Quantities.SET:
        return f"count {row.quantity} in {row.slot}"
    return f"receive {row.quantity} into {row.slot or 'its own slot, or one that is free'}"


def _name(row: ImportRow) -> str:
    """Return what two rows of one file share when they mean one new part."""
    if row.manufacturer_code is None:
        return f"description {(row.description or '').lower()}"
    return f"number {code_key(row.manufacturer_code)} {code_key(row.manufacturer or '')}"


def _held(part: Part, name: str) -> object:
    if name == "type":
        return part.type.name if part.type else None
    return tuple(part.tags) if name == "tags" else getattr(part, name)
