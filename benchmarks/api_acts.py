"""What people do most with an inventory: as requests, and as the bare SQL that each must at least run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import uuid4

import httpx2
import psycopg

from schemas.cursor import Cursor

PAGE = 50


class Target(NamedTuple):
    """What one round is about: a part and where it lies, the last part of the page before a deep one, a project."""

    id4: str
    box_no: int
    loc_no: int
    before_deep: str
    project_id: int


@dataclass(frozen=True)
class Act:
    """A request, and its statements with `%(name)s` for what they need of a target."""

    method: str
    path: Callable[[Target], str]
    bare: Sequence[str]
    body: Callable[[Target], Mapping[str, Any]] | None = None

    def request(self, http: Any, target: Target) -> httpx2.Response:
        """Send the request through a client, of HTTP or of Flask."""
        body = {} if self.body is None else {"json": self.body(target)}
        answer: httpx2.Response = getattr(http, self.method)(self.path(target), **body)
        assert answer.status_code == 200, answer.text
        return answer

    def run_bare(self, connection: psycopg.Connection, target: Target) -> None:
        """Run the statements in one transaction, and read what they return."""
        given = {**target._asdict(), "command_id": uuid4()}
        with connection.transaction():
            for statement in self.bare:
                rows = connection.execute(statement.encode(), given)
                if rows.description:
                    rows.fetchall()


_LISTED = f"""
    SELECT parts.*, types.name, (SELECT sum(qty) FROM part_locations WHERE part_id4 = parts.id4)
    FROM parts LEFT JOIN types ON types.id = type_id
    WHERE merged_into IS NULL AND retired_at IS NULL {{}} ORDER BY id4 LIMIT {PAGE + 1}
"""
_COVERED = """
    SELECT lines.*, parts.manufacturer_code, parts.description,
        (SELECT sum(qty) FROM part_locations WHERE part_id4 = lines.part_id4),
        (
            SELECT sum(others.quantity * builds)
            FROM project_requirements others JOIN projects ON projects.id = project_id
            WHERE part_id4 = lines.part_id4 AND project_id <> lines.project_id AND projects.state = 'active'
        ),
        (
            SELECT sum(quantity - received) FROM shopping_list
            WHERE part_id4 = lines.part_id4 AND project_id = lines.project_id AND state <> 'received'
        )
    FROM project_requirements lines LEFT JOIN parts ON id4 = part_id4
    WHERE project_id = %(project_id)s ORDER BY lines.id
"""
_RECEIVED = (
    "SELECT FROM parts WHERE id4 = %(id4)s FOR UPDATE",
    """
    UPDATE part_locations SET qty = qty + 1
    WHERE part_id4 = %(id4)s AND box_no = %(box_no)s AND loc_no = %(loc_no)s RETURNING qty
    """,
    """
    INSERT INTO stock_commands (id, part_id4, kind, payload, result)
    SELECT %(command_id)s, %(id4)s, 'receive', '{}', jsonb_build_object('changes', '[]'::jsonb, 'quantity', sum(qty))
    FROM part_locations WHERE part_id4 = %(id4)s RETURNING at
    """,
    """
    INSERT INTO history (command_id, part_id4, delta_qty, reason, box_no, loc_no)
    VALUES (%(command_id)s, %(id4)s, 1, 'receive', %(box_no)s, %(loc_no)s)
    """,
)

ACTS: Mapping[str, Act] = {
    "list page": Act("get", lambda _: f"/parts?limit={PAGE}", [_LISTED.format("")]),
    "deep page": Act(
        "get",
        lambda target: f"/parts?limit={PAGE}&after={_cursor(target.before_deep)}",
        [_LISTED.format("AND id4 > %(before_deep)s")],
    ),
    "part detail": Act(
        "get",
        lambda target: f"/parts/{target.id4}",
        [
            "SELECT * FROM parts LEFT JOIN types ON types.id = type_id WHERE id4 = %(id4)s",
            "SELECT * FROM part_locations WHERE part_id4 = %(id4)s ORDER BY box_no, loc_no",
            "SELECT * FROM documents LEFT JOIN blobs ON sha256 = blob_sha256 WHERE part_id4 = %(id4)s",
            "SELECT * FROM suggestions WHERE part_id4 = %(id4)s AND state = 'proposed' ORDER BY id",
            "SELECT id4 FROM parts WHERE merged_into = %(id4)s",
        ],
    ),
    "box grid": Act(
        "get",
        lambda target: f"/boxes/{target.box_no}",
        [
            "SELECT * FROM boxes WHERE box_no = %(box_no)s",
            """
            SELECT * FROM locations LEFT JOIN part_locations USING (box_no, loc_no) LEFT JOIN parts ON id4 = part_id4
            WHERE box_no = %(box_no)s ORDER BY loc_no, part_id4
            """,
        ],
    ),
    "coverage": Act(
        "get",
        lambda target: f"/projects/{target.project_id}/coverage",
        ["SELECT * FROM projects WHERE id = %(project_id)s", _COVERED],
    ),
    "receive": Act(
        "post",
        lambda target: f"/parts/{target.id4}/stock/receive",
        _RECEIVED,
        body=lambda target: {
            "command_id": str(uuid4()),
            "quantity": 1,
            "slot": f"{target.box_no}-{target.loc_no}",
        },
    ),
}


def _cursor(id4: str) -> Cursor:
    return Cursor(sort="id4", value=id4, key=id4)
