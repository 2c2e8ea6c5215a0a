"""An order of moves to exact locations: chains from their free ends, and cycles, in blocks of falling gain. O(n log n).

A bag whose goal is free may move; that frees its location for the next bag of the chain. What is left are cycles. Each
chain is cut into blocks whose gain per move falls, so that all blocks can be merged by gain and no chain is torn.
"""

from array import array
from collections.abc import Callable, Sequence

from planner.board import NONE, Board
from planner.cycles import Turn, turns


def fixed_order(board: Board, goal: Sequence[int], gain: Callable[[int], float], open_boxes: int) -> list[Turn]:
    """Return steps that bring each bag from its start to its goal; `gain` estimates what a bag's own move is worth."""
    start = board.start
    wants = array("l", [NONE]) * board.slots
    taken = bytearray(board.slots)
    for item, slot in enumerate(start):
        taken[slot] = 1
        if goal[item] != slot:
            wants[goal[item]] = item
    blocks: list[tuple[float, int, int, list[Turn]]] = []
    seen = bytearray(board.size)
    for slot in range(board.slots):
        if not taken[slot] and wants[slot] != NONE:
            chain, item = [], wants[slot]
            while item != NONE:
                seen[item] = 1
                chain.append(item)
                item = wants[start[item]]
            for place, (worth, items) in enumerate(_falling(chain, gain)):
                blocks.append((-worth, slot, place, [[(item, goal[item])] for item in items]))
    for item in range(board.size):
        if goal[item] != start[item] and not seen[item]:
            cycle = []
            while not seen[item]:
                seen[item] = 1
                cycle.append(item)
                item = wants[start[item]]
            cycle.reverse()
            steps = turns(board, start, cycle, open_boxes)
            if steps is not None:
                worth = sum(map(gain, cycle)) / sum(map(len, steps))
                blocks.append((-worth, start[cycle[0]], 0, steps))
    blocks.sort(key=lambda block: block[:3])
    return [step for block in blocks for step in block[3]]


def _falling(chain: Sequence[int], gain: Callable[[int], float]) -> list[tuple[float, list[int]]]:
    """Cut a chain into blocks of falling gain per move."""
    blocks: list[tuple[float, list[int]]] = []
    for item in chain:
        total, items = gain(item), [item]
        while blocks and blocks[-1][0] * len(items) <= total * len(blocks[-1][1]):
            before, earlier = blocks.pop()
            total, items = before + total, earlier + items
        blocks.append((total, items))
    return [(total / len(items), items) for total, items in blocks]
