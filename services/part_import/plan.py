"""The plan for each row of a file; a dry run and the import itself follow the same rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from models import Part
from schemas.company import MANUFACTURERS, name_key
from schemas.errors import InvalidInput
from schemas.part_import import ImportCounts, ImportOptions, ImportRow, Quantities, RowAction, RowPlan, RowProblem
from schemas.part_number import canonical_key
from schemas.slot import Slot
from services.part_import.changes import Changes, changes_of, rendered
from services.part_import.snapshot import Snapshot

_NEW = "*"
"The prefix of the key of a part that the file itself adds; the line number follows."
_MOST_ALIKE = 50
"Parts of one number or description among which a row's maker is looked up; more of them are not compared."


@dataclass
class PlannedRow:
    """A row, its part, and its effects."""

    row: ImportRow
    part: str | None
    "the part's id4, or its key if a row above adds it; None: this row adds it"
    known: Part | None = None
    "the stored part, if there is one"
    values: dict[str, object] = field(default_factory=dict)
    "the fields that the row names, in the inventory's words"
    changes: Changes = field(default_factory=lambda: Changes({}, {}))
    books: bool = False
    "whether the row changes stock"
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The key of the part, also before the part has an id4."""
        return self.part or f"{_NEW}{self.row.line}"


class ImportPlan:
    """Plans rows from the first to the last, each against the inventory that the rows above would leave."""

    def __init__(self, snapshot: Snapshot, options: ImportOptions) -> None:
        self._there = snapshot
        self._options = options
        self._sets = options.quantities == Quantities.SET
        self._free = snapshot.free
        self._made: dict[str, str] = {}
        self.new_types: dict[str, str] = {}
        "types to add, by their lower case"

    def rows(self, rows: Sequence[ImportRow]) -> list[PlannedRow]:
        """Plan rows in their order."""
        return [self._planned(row) for row in rows]

    def _planned(self, row: ImportRow) -> PlannedRow:
        known: Part | None = None
        try:
            key, known = self._meant(row)
        except InvalidInput as problem:
            return PlannedRow(row, None, problems=[RowProblem(field=None, message=str(problem))])
        values = self._values(row)
        changes = changes_of(known, row, values, self._options) if known else Changes(values, {})
        planned = PlannedRow(row, key, known, values, changes, books=self._books(row))
        planned.problems += [*self._number_problems(planned), *self._type_problems(row)]
        if planned.books:
            planned.problems += self._stock_problems(planned, known)
        if not planned.problems:
            self._remember(planned)
        return planned

    def _meant(self, row: ImportRow) -> tuple[str | None, Part | None]:
        """Return the part of a row: the key and the stored part, the key of one that a row above adds, or neither.

        Raises:
            InvalidInput: several parts match, or no part has the row's ID.
        """
        if row.id4:
            part = self._there.by_id4.get(row.id4)
            if part is None:
                raise InvalidInput(f"part {row.id4} does not exist; leave id4 empty to add a part")
            return part.id4, part
        found = self._named(row)
        if len(found) > _MOST_ALIKE:
            raise InvalidInput(f"this row matches {len(found)} parts; put the ID of one of them into column id4")
        if len(found) > 1:
            letters = ", ".join(sorted(part.id4 for part in found))
            raise InvalidInput(f"this row matches several parts ({letters}); put the ID of one of them into column id4")
        if found:
            return found[0].id4, found[0]
        return self._made.get(_name(row)), None

    def _named(self, row: ImportRow) -> Sequence[Part]:
        if row.manufacturer_code is None:
            return self._there.by_description.get((row.description or "").lower(), [])
        found = self._there.by_code.get(canonical_key(row.manufacturer_code), [])
        if len(found) > _MOST_ALIKE:
            return found
        maker = row.manufacturer
        same = [
            part for part in found if maker and part.manufacturer and MANUFACTURERS.are_same(part.manufacturer, maker)
        ]
        return same or [part for part in found if not maker or not part.manufacturer]

    def _values(self, row: ImportRow) -> dict[str, object]:
        values = dict(row.fields)
        if "type" in values:
            values["type"] = self._there.types.get(str(values["type"]).lower(), values["type"])
        if row.tags is not None:
            values["tags"] = tuple(dict.fromkeys(self._there.synonyms.get(tag, tag) for tag in row.tags))
        return values

    def _number_problems(self, planned: PlannedRow) -> list[RowProblem]:
        part, number = planned.known, planned.changes.kept.get("manufacturer_code")
        if part is None or number is None or canonical_key(str(number)) == part.canonical_key:
            return []
        problem = (
            f"part {part.id4} is {part.manufacturer_code}, and the row says {number}; correct the id4 or the number, "
            "or choose overwrite for manufacturer_code to rename the part"
        )
        return [RowProblem(field="manufacturer_code", message=problem)]

    def _books(self, row: ImportRow) -> bool:
        # To add 0 is not a booking, but to set a slot to 0 is a count.
        return bool(row.quantity) or (row.quantity == 0 and row.slot is not None and self._sets)

    def _type_problems(self, row: ImportRow) -> list[RowProblem]:
        if row.type is None or row.type.lower() in self._there.types:
            return []
        if self._options.add_types:
            self.new_types.setdefault(row.type.lower(), row.type)
            return []
        return [RowProblem(field="type", message=f"type {row.type} does not exist; add it, or set add_types")]

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
            return [RowProblem(field="slot", message=f"location {slot} does not exist; add its box first")]
        if not row.quantity or self._options.share or slot in self._there.held.get(key, set()):
            return []
        other = next((each for each in self._there.lying.get(slot, ()) if each != key), None)
        if other is not None:
            lies = (
                f"the part of line {other.removeprefix(_NEW)} already goes to"
                if other.startswith(_NEW)
                else f"{other} already lies in"
            )
            problem = f"{lies} {slot}; choose another slot, or set share to put both there"
            return [RowProblem(field="slot", message=problem)]
        return []

    def _choice_problems(self, key: str) -> list[RowProblem]:
        lies_in = self._there.held.get(key, set())
        if self._sets:
            problem = "the row has no slot, but a count needs one; fill in the slot"
            return [RowProblem(field="slot", message=problem)]
        if not lies_in and self._free <= 0:
            return [RowProblem(field="slot", message="no slot is free; add a box, or name a slot to share")]
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
        lying = self._there.lying.setdefault(slot, {})
        self._free -= not lying
        lying[planned.key] = None
        held.add(slot)


_SOMEWHERE = Slot(0, 0)
"A slot that is chosen only when the row is booked."


def shown(planned: PlannedRow, options: ImportOptions) -> RowPlan:
    """Render the plan of a row."""
    row, part = planned.row, planned.part
    return RowPlan(
        line=row.line,
        action=_action(planned),
        id4=part if part and not part.startswith(_NEW) else None,
        part=row.manufacturer_code or row.description or row.id4,
        changes=() if planned.problems else rendered(planned.known, planned.changes),
        stock=_stock(planned, options) if planned.books and not planned.problems else None,
        problems=tuple(planned.problems),
    )


def counts(plans: Sequence[RowPlan]) -> ImportCounts:
    """Count rows by their action."""
    kept = sum(any(not change.made for change in plan.changes) for plan in plans)
    by_action = {action.value: sum(plan.action == action for plan in plans) for action in RowAction}
    return ImportCounts(**by_action, kept=kept)


def _action(planned: PlannedRow) -> RowAction:
    if planned.problems:
        return RowAction.BAD
    if planned.part is None:
        return RowAction.CREATE
    return RowAction.UPDATE if planned.changes.made or planned.books else RowAction.UNCHANGED


def _stock(planned: PlannedRow, options: ImportOptions) -> str:
    row = planned.row
    if options.quantities == Quantities.SET:
        return f"count {row.quantity} in {row.slot}"
    return f"receive {row.quantity} into {row.slot or 'its own slot, or a free one'}"


def _name(row: ImportRow) -> str:
    """Return a name that two rows of one file share when they mean the same new part."""
    if row.manufacturer_code is None:
        return f"description {(row.description or '').lower()}"
    return f"number {canonical_key(row.manufacturer_code)} {name_key(row.manufacturer or '')}"
