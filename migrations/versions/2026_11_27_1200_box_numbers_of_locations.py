"""A location has the number of the box that it belongs to."""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "4c1f0a7d92e6"
down_revision = "8f2a61c09d4e"
branch_labels = None
depends_on = None

_UNIQUE = "uq_boxes_id_box_no"
_COMPOSITE = "fk_locations_box_id_box_no_boxes"
_SINGLE = "fk_locations_box_id_boxes"

# Only where nothing lies, since placements and labels go by the number; and only one to a place.
MEND = """
UPDATE locations SET box_no = wrong.right_no
FROM (
    SELECT location.id, box.box_no AS right_no,
           row_number() OVER (PARTITION BY box.box_no, location.loc_no ORDER BY location.id) AS turn
    FROM locations AS location JOIN boxes AS box ON box.id = location.box_id
    WHERE location.box_no <> box.box_no
      AND NOT EXISTS (SELECT FROM part_locations AS placement
                      WHERE (placement.box_no, placement.loc_no) = (location.box_no, location.loc_no))
      AND NOT EXISTS (SELECT FROM locations AS other WHERE (other.box_no, other.loc_no) = (box.box_no, location.loc_no))
) AS wrong
WHERE wrong.id = locations.id AND wrong.turn = 1
"""

WRONG = """
SELECT concat('id ', location.id, ' says ', location.box_no, '-', location.loc_no, ', its box is ', box.box_no)
FROM locations AS location JOIN boxes AS box ON box.id = location.box_id
WHERE location.box_no <> box.box_no ORDER BY location.id
"""


def _mend() -> None:
    op.execute(MEND)
    wrong = op.get_bind().scalars(sa.text(WRONG)).all()
    if wrong:
        raise CommandError(
            f"locations: {len(wrong)} rows have a box_no other than that of their box, and parts lie there or the box "
            f"has that location already ({'; '.join(wrong[:10])}). Correct box_id or box_no in these rows, then "
            "upgrade again."
        )


def upgrade() -> None:
    """Apply; stops when a location cannot be mended without moving what lies there."""
    _mend()
    op.create_unique_constraint(op.f(_UNIQUE), "boxes", ["id", "box_no"])
    op.drop_constraint(op.f(_SINGLE), "locations", type_="foreignkey")
    op.create_foreign_key(
        op.f(_COMPOSITE), "locations", "boxes", ["box_id", "box_no"], ["id", "box_no"], ondelete="CASCADE"
    )


def downgrade() -> None:
    """Undo."""
    op.drop_constraint(op.f(_COMPOSITE), "locations", type_="foreignkey")
    op.create_foreign_key(op.f(_SINGLE), "locations", "boxes", ["box_id"], ["id"], ondelete="CASCADE")
    op.drop_constraint(op.f(_UNIQUE), "boxes", type_="unique")
