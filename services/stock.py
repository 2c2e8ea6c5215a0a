"""Stock: the only way quantities change."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import History, Location, Part, PartLocation
from schemas.errors import Conflict, NotFound


class StockService:
    """Every change is a placement and a history row in one transaction, under the caller's command id."""

    @staticmethod
    def receive(
        session: Session,
        id4: str,
        *,
        quantity: int,
        box_no: int,
        loc_no: int,
        command_id: UUID,
        reason: str = "receive",
    ) -> None:
        """Put so many of a part into a location; the same command again changes nothing.

        Raises:
            NotFound: there is no such part or location.
            Conflict: the command was given before for something else.
        """
        if session.scalar(select(Part.id4).where(Part.id4 == id4).with_for_update()) is None:
            raise NotFound("part", id4)
        if not session.scalar(select(Location.id).where(Location.box_no == box_no, Location.loc_no == loc_no)):
            raise NotFound("location", f"{box_no}-{loc_no}")
        before = session.scalar(select(History).where(History.command_id == command_id))
        if before is not None:
            if (before.part_id4, before.delta_qty, before.box_no, before.loc_no) != (id4, quantity, box_no, loc_no):
                raise Conflict(f"command {command_id} was given before for something else", command_id=str(command_id))
            return
        place = {"part_id4": id4, "box_no": box_no, "loc_no": loc_no}
        session.execute(
            insert(PartLocation)
            .values(qty=quantity, **place)
            .on_conflict_do_update(
                index_elements=["part_id4", "box_no", "loc_no"], set_={"qty": PartLocation.qty + quantity}
            )
        )
        session.add(History(command_id=command_id, delta_qty=quantity, reason=reason, **place))
        session.flush()
