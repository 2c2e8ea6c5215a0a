"""What must hold of stock whatever happened, asked of the database."""

from types import MappingProxyType

from sqlalchemy import Connection, text

_QUERIES = MappingProxyType(
    {
        "slots whose history is not what lies there": """
            SELECT count(*)
            FROM (SELECT part_id4, box_no, loc_no, sum(delta_qty) AS booked FROM history GROUP BY 1, 2, 3) AS booked
            FULL JOIN (SELECT part_id4, box_no, loc_no, qty FROM part_locations) AS lying
                USING (part_id4, box_no, loc_no)
            WHERE coalesce(booked, 0) <> coalesce(qty, 0)
        """,
        "changes after which fewer than none lay in a slot": """
            SELECT count(*)
            FROM (
                SELECT sum(delta_qty) OVER (PARTITION BY part_id4, box_no, loc_no ORDER BY id) AS there FROM history
            ) AS changes
            WHERE there < 0
        """,
        "commands that did not see all commands before them": """
            SELECT count(*)
            FROM (
                SELECT (result ->> 'quantity')::bigint AS said,
                       sum(coalesce(delta, 0)) OVER (PARTITION BY part_id4 ORDER BY seq) AS was
                FROM stock_commands
                LEFT JOIN (SELECT command_id, sum(delta_qty) AS delta FROM history GROUP BY 1) AS booked
                    ON command_id = stock_commands.id
            ) AS commands
            WHERE said <> was
        """,
    }
)


def broken(connection: Connection) -> dict[str, int]:
    """Return how often each rule is broken; all of them 0 when all is well."""
    return {rule: connection.scalar(text(query)) or 0 for rule, query in _QUERIES.items()}
