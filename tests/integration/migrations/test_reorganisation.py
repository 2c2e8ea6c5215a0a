"""Turns and plans, when code is taken back to before there were any."""

from tests.support.migrating import Migrating

BEFORE, AFTER = "a7d2c05e8b14", "ec426b7fbde2"
FILLED = """
UPDATE stock_commands SET kind = 'turn' WHERE id = '00000000-0000-0000-0000-00000000000a';
INSERT INTO pipeline_runs (id, pipeline, input, time_limit)
    VALUES ('00000000-0000-0000-0000-0000000000d2', 'reorg_plan', '{}', '1 hour');
INSERT INTO reorg_plans (id, run_id, asked)
    VALUES ('00000000-0000-0000-0000-0000000000f1', '00000000-0000-0000-0000-0000000000d2', '{}');
INSERT INTO reorg_moves
    (plan_id, number, step, sitting, part_id4, from_box, from_loc, to_box, to_loc, quantity, gain, state, command_id)
    VALUES ('00000000-0000-0000-0000-0000000000f1', 1, 1, 1, 'AAAA', 1, 1, 2, 1, 4, 1.5, 'applied',
        '00000000-0000-0000-0000-00000000000a')
"""


def test_turns_stay_as_moves_and_plans_go_with_their_runs(migrating: Migrating) -> None:
    migrating.upgrade(AFTER)
    for statement in FILLED.split(";\n"):
        migrating.run(statement)
    migrating.downgrade(BEFORE)

    kinds = migrating.rows("SELECT kind FROM stock_commands WHERE id = '00000000-0000-0000-0000-00000000000a'")
    assert kinds == [("move",)]
    assert migrating.rows("SELECT pipeline FROM pipeline_runs") == [("photo_intake",)]
    migrating.upgrade(AFTER)
    assert migrating.rows("SELECT count(*) FROM reorg_plans") == [(0,)]
