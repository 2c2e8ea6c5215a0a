"""The database computes the keys of a number and of a name as Python does, for any text."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, String, bindparam, cast, literal_column, select
from sqlalchemy.orm import Session

from models.base import CANONICAL_KEY_SQL, LOOSE_KEY_SQL, name_key_sql
from schemas.company import name_key
from schemas.part_number import canonical_key, loose_key

NUMBERS = cast(bindparam("number"), String).label("manufacturer_code")
KEYS: Select[str, str] = select(literal_column(CANONICAL_KEY_SQL), literal_column(LOOSE_KEY_SQL)).select_from(
    select(NUMBERS).subquery()
)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
NAME_KEY: Select[str] = select(literal_column(name_key_sql("manufacturer_code"))).select_from(
    select(NUMBERS).subquery()
)
NAMES = st.lists(st.sampled_from(["Texas", "TI", "Inc", "Co", " ", ", ", ".", "AG", "Technology", "\u00fc"])).map(
    "".join
)
LIKELY = st.text("aAzZ019Pp.,-+/ %#\u00b5\u03bc\u2126\u03a9\u2013\u00a0\u00e9", max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(TEXTS | LIKELY)
def test_database_and_python_agree_on_keys(session: Session, number: str) -> None:
    computed = session.execute(KEYS, {"number": number}).one()
    assert tuple(computed) == (canonical_key(number), loose_key(number))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(TEXTS | NAMES)
def test_database_and_python_agree_on_names(session: Session, name: str) -> None:
    assert session.scalar(NAME_KEY, {"number": name}) == name_key(name)
