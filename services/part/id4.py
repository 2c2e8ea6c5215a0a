"""Giving out id4s: in no order, fast while many are free, and down to the last one.

Two transactions never try the same letters, so that neither waits for the other: the letters are divided into shares,
and a transaction takes letters from a share that it holds until it ends. Letters of the same share differ in two places
or more, so that one misread letter does not lead to another part of the same delivery.
"""

import secrets
import string
from typing import Final, NamedTuple

from sqlalchemy import Integer, bindparam, text
from sqlalchemy.orm import Session

from models.locks import Lock, hold
from schemas.errors import NoFreeId4
from schemas.id4 import ID4_LENGTH, SKIPPED

LETTERS: Final = string.ascii_uppercase
SHARES: Final = 1024
"Few enough to be locks. It divides no power of 26 times a number below 26, which is how far one other letter leads."

_SHARE: Final = "share of id4s"
"The session remembers its share, because a transaction that makes many parts should hold few of them."

_NONE_LEFT: Final = "no id4s left"
"The session remembers in which transaction it found none, because an import asks again for each of its rows."

_FREE: Final = text(
    """
    SELECT id4, share
    FROM (
        SELECT id4, share
        FROM (
            SELECT
                CAST(
                    substr(:letters, 1 + rank / (:base * :base * :base), 1)
                    || substr(:letters, 1 + rank / (:base * :base) % :base, 1)
                    || substr(:letters, 1 + rank / :base % :base, 1)
                    || substr(:letters, 1 + rank % :base, 1) AS char(4)
                ) AS id4,
                rank % :shares AS share
            FROM (SELECT :first + (:skip + generate_series(0, :count - 1)) % :count * :step AS rank) AS ranked
        ) AS spelled
        WHERE NOT EXISTS (SELECT FROM parts WHERE parts.id4 = spelled.id4)
        -- Without this, PostgreSQL would lock the shares of letters that are taken, too.
        OFFSET 0
    ) AS free
    WHERE id4 !~ :skipped AND (NOT :held OR pg_try_advisory_xact_lock(hashtextextended(:lock || share, 0)))
    LIMIT 1
    """
).bindparams(
    *(bindparam(name, type_=Integer) for name in ("base", "shares", "first", "skip", "count", "step")),
    lock=f"{Lock.ID4} ",
    shares=SHARES,
    skipped="|".join(SKIPPED),
)


class Free(NamedTuple):
    """Letters that no part has, and the share that they are in."""

    id4: str
    share: int


class Id4Service:
    """Finds letters for a new part."""

    @staticmethod
    def take(session: Session, letters: str = LETTERS) -> str:
        """Return an id4 that no part has, and that no other transaction takes until this one ends.

        Raises:
            NoFreeId4: every id4 of these letters is taken.
        """
        everything = range(len(letters) ** ID4_LENGTH)
        if session.info.get(_NONE_LEFT, everything) is session.get_transaction():
            raise NoFreeId4(len(everything))
        while True:
            own = everything[session.info.setdefault(_SHARE, secrets.randbelow(SHARES)) :: SHARES]
            if found := _find(session, letters, own):
                return found.id4
            anywhere = _find(session, letters, everything, held=False)
            if anywhere is None:
                session.info[_NONE_LEFT] = session.get_transaction()
                raise NoFreeId4(len(everything))
            # When other transactions hold all that is free, the first one that ends gives it back, or has used it up.
            left = _find(session, letters, everything) or anywhere
            hold(session, Lock.ID4, left.share)
            session.info[_SHARE] = left.share


def _find(session: Session, letters: str, ranks: range, *, held: bool = True) -> Free | None:
    """Return the first free letters among ranks, from a random one on, and hold their share if so wished."""
    given = {
        "letters": letters,
        "base": len(letters),
        "first": ranks.start,
        "step": ranks.step,
        "count": len(ranks),
        "skip": secrets.randbelow(max(len(ranks), 1)),
        "held": held,
    }
    row = session.execute(_FREE, given).one_or_none()
    return Free(*row) if row else None
