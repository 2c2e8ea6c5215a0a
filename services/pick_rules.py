"""From which slots a part is taken: a rule without a database."""

from services.stock import Quantities, Slot


def chosen_slots(held: Quantities, needed: int) -> dict[Slot, int]:
    """Return how many to take from each slot; fewer in all when there are not enough.

    As few slots as possible are visited. Among those that would do for the last step the one with the fewest pieces is
    taken, so that small rests are used up and full slots stay full; equals in walking order.
    """
    taken: dict[Slot, int] = {}
    left = dict(held)
    while needed > 0 and left:
        enough = [slot for slot in left if left[slot] >= needed]
        slot = min(enough, key=lambda each: (left[each], each)) if enough else min(left, key=lambda s: (-left[s], s))
        taken[slot] = min(left.pop(slot), needed)
        needed -= taken[slot]
    return taken
