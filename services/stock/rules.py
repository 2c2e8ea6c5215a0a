"""The effects of a command on the slots of a part: rules without a database."""

from collections.abc import Mapping, Sequence

from schemas.errors import Conflict, InvalidInput
from schemas.slot import Slot
from schemas.stock import Build, Count, Move, Receive, Split, TurnedBag, Use

Quantities = Mapping[Slot, int]

MOST = 2_000_000_000
_NAMED = 10
"The number of slots that a sentence names; the details name all."


def deltas_of(order: Receive | Use | Move | Split | Count | Build, held: Quantities) -> dict[Slot, int]:
    """Return the change of quantity in each slot of a command.

    Raises:
        InvalidInput: a slot is named twice.
        Conflict: the command takes from a slot where the part does not lie, or does not name the slot.
    """
    match order:
        case Receive():
            if order.slot is None:
                raise Conflict("the command names no slot to put the part into; name one", field="slot")
            return {order.slot: order.quantity}
        case Use():
            return {_source(order.slot, held, "slot"): -order.quantity}
        case Move():
            source = _source(order.from_slot, held, "from_slot")
            return _shifted(source, [(order.to_slot, order.quantity or held[source])], "to_slot")
        case Split():
            targets = [(each.slot, each.quantity) for each in order.into]
            return _shifted(_source(order.from_slot, held, "from_slot"), targets, "into")
        case Count():
            return {order.slot: order.counted - held.get(order.slot, 0)}
        case Build():
            return {_source(each.slot, held, "slot"): -each.quantity for each in order.taken}


def turned(bags: Sequence[TurnedBag], held: Quantities) -> dict[Slot, int]:
    """Return the change of quantity in each slot when bags of a part are moved whole, all at once.

    Raises:
        Conflict: the part does not lie in one of the slots any more.
    """
    deltas: dict[Slot, int] = {}
    for bag in bags:
        quantity = held[_source(bag.from_slot, held, "bags")]
        deltas[bag.from_slot] = deltas.get(bag.from_slot, 0) - quantity
        deltas[bag.to_slot] = deltas.get(bag.to_slot, 0) + quantity
    return deltas


def applied(held: Quantities, deltas: Quantities) -> dict[Slot, int]:
    """Return the quantity in each slot afterwards, slots that become empty included.

    Raises:
        Conflict: the quantity in a slot would be negative, or over the limit.
    """
    after = dict(held)
    for slot, delta in deltas.items():
        there = held.get(slot, 0)
        if there + delta < 0:
            raise Conflict(
                f"{slot} holds only {there}, not {-delta}; take at most {there}, or count the slot",
                **_details(held, slot),
                quantity=there,
            )
        if there + delta > MOST:
            raise Conflict(
                f"{slot} would hold {there + delta}, but can hold {MOST}; use another slot",
                **_details(held, slot),
                limit=MOST,
            )
        after[slot] = there + delta
    return after


def _source(slot: Slot | None, held: Quantities, field: str) -> Slot:
    if slot is None and len(held) == 1:
        return next(iter(held))
    if slot is None:
        raise Conflict(
            f"the command names no slot to take from, and {_lying(held)}; name one",
            field=field,
            placements=_placements(held),
        )
    if slot not in held:
        raise Conflict(f"the part does not lie in {slot}: {_lying(held)}", **_details(held, slot), quantity=0)
    return slot


def _shifted(source: Slot, targets: list[tuple[Slot, int]], field: str) -> dict[Slot, int]:
    deltas = {source: -sum(quantity for _, quantity in targets)}
    for slot, quantity in targets:
        if slot in deltas:
            raise InvalidInput(f"{slot} is named twice; name each slot once", field=field)
        deltas[slot] = quantity
    return deltas


def _details(held: Quantities, slot: Slot) -> dict[str, object]:
    return {"slot": str(slot), "placements": _placements(held)}


def _placements(held: Quantities) -> dict[str, int]:
    return {str(slot): quantity for slot, quantity in sorted(held.items())}


def _lying(held: Quantities) -> str:
    if not held:
        return "the part has no stock in any slot"
    named = [f"{slot} ({quantity})" for slot, quantity in _placements(held).items()]
    more = f" and {len(named) - _NAMED} more slots" if len(named) > _NAMED else ""
    return f"the part lies in {', '.join(named[:_NAMED])}{more}"
