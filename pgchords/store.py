"""The statements: each is a transaction of its own, guarded so that it may be repeated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from celery import states
from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Engine,
    Executable,
    Interval,
    Row,
    Text,
    Update,
    all_,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningUpdate

from pgchords.tables import chords, groups, parts, results

_IS_MISSING_A_PART = exists().where(parts.c.group_id == chords.c.group_id, parts.c.returned_at.is_(None))
_HAS_RESULT = exists().where(results.c.task_id == parts.c.task_id, results.c.status.in_(states.READY_STATES))
_UTC_NOW = func.timezone("utc", func.now())
_OF_TASK = bindparam("of_task", type_=Text)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The right to finish one chord, until its lease ends or another takes it over."""

    group_id: str
    token: str
    body: bytes
    header: bytes


def _claim_of(row: Row[Any], token: str) -> Claim:
    return Claim(group_id=row.group_id, token=token, body=row.body, header=row.header)


# What each part needs is built once, because building a statement takes longer than executing it. The names of its
# values are not those of columns, for SQLAlchemy would set these.


@cache
def _put(columns: tuple[str, ...], *, ready: bool) -> Executable:
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
    new = insert(results).values(task_id=_OF_TASK, **values, date_done=_UTC_NOW if ready else None).inline()
    changed: dict[str, Any] = {name: new.excluded[name] for name in (*columns, "date_done")}
    if "stamps" in columns:
        changed["stamps"] = func.coalesce(new.excluded.stamps, results.c.stamps)
    statement = new.on_conflict_do_update(
        index_elements=["task_id"], set_=changed, where=results.c.status.is_distinct_from(states.SUCCESS)
    )
    if not ready:
        return _running_again(statement.returning(results.c.task_id).cte("written"))
    returned = update(parts).where(parts.c.task_id == _OF_TASK, parts.c.returned_at.is_(None))
    return statement.add_cte(returned.values(returned_at=func.now()).cte("returned"))


def _running_again(written: CTE) -> Executable:
    # A part that failed and was delivered again has no result until it returns again.
    returned = parts.c.task_id.in_(select(written.c.task_id)) & parts.c.returned_at.is_not(None)
    return update(parts).where(returned).values(returned_at=None)


def _claiming(statement: Update) -> ReturningUpdate[Any]:
    leased_until = func.now() + bindparam("lease", type_=Interval)
    taken = statement.values(state="claimed", token=bindparam("claimant"), leased_until=leased_until)
    return taken.returning(chords.c.group_id, chords.c.body, chords.c.header)


_CLAIM = _claiming(
    update(chords).where(
        chords.c.group_id.in_(select(parts.c.group_id).where(parts.c.task_id == _OF_TASK)),
        or_(
            and_(chords.c.state == "open", ~_IS_MISSING_A_PART),
            # A claim whose answer was lost on the way is asked for again, with the same token.
            and_(chords.c.state == "claimed", chords.c.token == bindparam("claimant")),
        ),
    )
)


class Store:
    """What is in the tables."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._engine = engine

    def open(self, group_id: str, body: bytes, header: bytes, *, task_ids: Sequence[str]) -> None:
        """Write a chord and the parts it waits for; a chord that exists starts again."""
        ids = bindparam("task_ids", list(task_ids), ARRAY(Text))
        fresh = {"body": body, "header": header, "state": "open", "created_at": func.now()}
        cleared = dict.fromkeys(("size", "token", "leased_until", "finished_at"))
        chord = (
            insert(chords)
            .values(group_id=group_id, **fresh)
            .on_conflict_do_update(index_elements=["group_id"], set_=fresh | cleared)
            .cte("chord")
        )
        others = delete(parts).where(parts.c.group_id == group_id, parts.c.task_id != all_(ids)).cte("others")
        listed = func.unnest(ids).table_valued("task_id", with_ordinality="group_index").render_derived()
        rows = select(literal(group_id), listed.c.task_id, listed.c.group_index - 1)
        statement = (
            insert(parts)
            .from_select(["group_id", "task_id", "group_index"], rows)
            .on_conflict_do_update(index_elements=list(parts.primary_key), set_={"returned_at": None})
            .add_cte(chord, others)
        )
        with self._engine().connect() as connection:
            connection.execute(statement)

    def set_size(self, group_id: str, size: int) -> None:
        """Note that all parts of a chord but the last are published."""
        with self._engine().connect() as connection:
            connection.execute(update(chords).where(chords.c.group_id == group_id).values(size=size))

    def put(self, task_id: str, values: Mapping[str, Any], *, ready: bool) -> None:
        """Write a task's state and result, and that it has returned if it is the part of a chord.

        A success is never overwritten: a task that ran twice keeps its first result.
        """
        given = {"of_task": task_id, **{f"new_{name}": value for name, value in values.items()}}
        with self._engine().connect() as connection:
            connection.execute(_put(tuple(values), ready=ready), given)

    def claim(self, task_id: str, token: str, *, lease: timedelta) -> list[Claim]:
        """Take the chord of which a task is the last part to return; nothing if others are missing or it is taken.

        Of two last parts at once, the one that asks later sees both, and only one statement changes the row.
        """
        with self._engine().connect() as connection:
            rows = connection.execute(_CLAIM, {"of_task": task_id, "claimant": token, "lease": lease}).all()
        return [_claim_of(row, token) for row in rows]

    def claim_due(
        self, token: str, *, lease: timedelta, publishing: timedelta, lifetime: timedelta | None
    ) -> Claim | None:
        """Take one abandoned chord.

        These are complete but not claimed, claimed under a lease that has ended, not published in full after
        `publishing`, or not complete after `lifetime`. A part counts as well if Celery's own backend stored its result,
        as workers of an earlier deploy do.
        """
        is_complete = ~_IS_MISSING_A_PART.where(~_HAS_RESULT)
        is_overdue = and_(chords.c.size.is_(None), chords.c.created_at < func.now() - publishing)
        if lifetime:
            is_overdue = or_(is_overdue, chords.c.created_at < func.now() - lifetime)
        is_due = case(
            (chords.c.state == "open", or_(is_complete, is_overdue)),
            else_=chords.c.leased_until < func.now(),
        )
        oldest = (
            select(chords.c.group_id)
            .where(chords.c.finished_at.is_(None), is_due)
            .order_by(chords.c.created_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        statement = _claiming(update(chords).where(chords.c.group_id == oldest.scalar_subquery()))
        with self._engine().connect() as connection:
            row = connection.execute(statement, {"claimant": token, "lease": lease}).one_or_none()
        return None if row is None else _claim_of(row, token)

    def part_results(self, group_id: str) -> dict[str, tuple[str, bytes | None]]:
        """Return state and result of each part that has ended, by task id."""
        statement = (
            select(results.c.task_id, results.c.status, results.c.result)
            .join(parts, parts.c.task_id == results.c.task_id)
            .where(parts.c.group_id == group_id, results.c.status.in_(states.READY_STATES))
        )
        with self._engine().connect() as connection:
            return {row.task_id: (row.status, row.result) for row in connection.execute(statement)}

    def finish(self, claim: Claim, state: str) -> None:
        """End a chord, unless another has taken it over."""
        self._settle(claim, {"state": state, "finished_at": func.now()})

    def postpone(self, claim: Claim, pause: timedelta) -> None:
        """Leave a chord to the reaper after a pause, unless another has taken it over."""
        self._settle(claim, {"token": None, "leased_until": func.now() + pause})

    def _settle(self, claim: Claim, values: Mapping[str, Any]) -> None:
        is_mine = and_(chords.c.group_id == claim.group_id, chords.c.token == claim.token)
        with self._engine().connect() as connection:
            connection.execute(update(chords).where(is_mine, chords.c.state == "claimed").values(values))

    def delete_older(self, age: timedelta, *, lifetime: timedelta, batch: int) -> int:
        """Delete finished chords and results older than that, a batch in each transaction; returns how many.

        `lifetime` is that of a chord: what the reaper took up and has not ended long after it cannot be read.
        """
        is_stuck = and_(chords.c.finished_at.is_(None), chords.c.state == "claimed")
        return sum(
            self._delete_in_batches(key, is_old, batch)
            for key, is_old in (
                (chords.c.group_id, chords.c.finished_at < func.now() - age),
                (chords.c.group_id, and_(is_stuck, chords.c.created_at < func.now() - 2 * max(age, lifetime))),
                (results.c.id, results.c.date_done < _UTC_NOW - age),
                (groups.c.id, groups.c.date_done < _UTC_NOW - age),
            )
        )

    def _delete_in_batches(self, key: Any, is_old: ColumnElement[bool], batch: int) -> int:
        some = select(key).where(is_old).limit(batch).with_for_update(skip_locked=True)
        deleted = 0
        with self._engine().connect() as connection:
            while True:
                count = connection.execute(delete(key.table).where(key.in_(some))).rowcount
                deleted += count
                if count < batch:
                    return deleted
