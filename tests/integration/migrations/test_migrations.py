"""The migrations make the tables of the models, and can be undone."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text

from cli.migrate import config, migrate
from schemas.vocabulary import DEFAULT_TYPES


@pytest.fixture
def alembic(empty_url: str) -> Config:
    return config(empty_url)


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_migrations_make_what_the_models_say(alembic: Config) -> None:
    command.upgrade(alembic, "head")

    command.check(alembic)


def test_downgrade_leaves_nothing(alembic: Config, empty_url: str) -> None:
    command.upgrade(alembic, "head")
    command.downgrade(alembic, "base")

    assert tables(empty_url) <= {"alembic_version"}


def test_upgrade_after_downgrade_makes_all_again(alembic: Config, empty_url: str) -> None:
    command.upgrade(alembic, "head")
    before = tables(empty_url)
    command.downgrade(alembic, "base")
    command.upgrade(alembic, "head")

    assert tables(empty_url) == before


def test_stock_booked_before_there_were_commands_has_one(alembic: Config, empty_url: str) -> None:
    command.upgrade(alembic, "8dfb841c5439")
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO parts (id4) VALUES ('ABCD')"))
        connection.execute(text("INSERT INTO boxes (box_no, description, capacity) VALUES (4, '', 3)"))
        for quantity in (5, 2):
            connection.execute(
                text(
                    "INSERT INTO history (command_id, part_id4, delta_qty, reason, box_no, loc_no) "
                    "VALUES (gen_random_uuid(), 'ABCD', :quantity, 'label', 4, 1)"
                ),
                {"quantity": quantity},
            )
    command.upgrade(alembic, "head")

    with engine.begin() as connection:
        results = connection.scalars(text("SELECT result FROM stock_commands ORDER BY seq")).all()
        next_box = connection.scalar(text("INSERT INTO boxes (description, capacity) VALUES ('', 3) RETURNING box_no"))
    engine.dispose()
    assert [result["quantity"] for result in results] == [5, 7]
    assert next_box == 5


def test_new_inventory_starts_with_the_default_types(empty_url: str) -> None:
    migrate(empty_url)
    migrate(empty_url)

    engine = create_engine(empty_url)
    with engine.connect() as connection:
        assert set(connection.scalars(text("SELECT name FROM types"))) == set(DEFAULT_TYPES)
    engine.dispose()
