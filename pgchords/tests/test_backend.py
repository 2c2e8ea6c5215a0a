"""One chord at a time, part by part, as workers would call the backend."""

import os
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from celery import Celery, chord, states
from celery.app.task import Context
from celery.exceptions import ChordError, ImproperlyConfigured, SoftTimeLimitExceeded
from celery.signals import before_task_publish
from kombu.exceptions import DecodeError
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

from pgchords import Backend, joiner
from pgchords.engines import engine_for
from pgchords.tests.conftest import Sent

Make = Callable[..., Celery]
NO_LEASE = {"result_backend_transport_options": {"chord_lease": 0}}


class Killed(BaseException):
    """The process dies here."""


class Dying(Backend):
    """Dies at one point."""

    dies_at = ""

    def at(self, point: str) -> None:
        if point == self.dies_at:
            raise Killed


def start(app: Celery, sent: list[Sent], count: int = 2) -> list[Sent]:
    """Start a chord of so many parts and return these."""
    sent.clear()
    sig = app.signature
    chord([sig("ident", (number,)) for number in range(count)], sig("total"), app=app).apply_async()
    parts = sent[:]
    sent.clear()
    return parts


def end(app: Celery, part: Sent) -> None:
    app.backend.mark_as_done(part.id, part.args[0], request=part.request)


def finish(app: Celery, parts: list[Sent]) -> None:
    for part in parts:
        end(app, part)


def raises(error: Exception) -> Callable[..., None]:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    return fail


def bodies(sent: list[Sent]) -> list[Any]:
    return [message.args for message in sent if message.name == "total"]


def body_of(app: Celery, part: Sent) -> Any:
    chord: Any = part.request.chord
    return app.AsyncResult(chord["options"]["task_id"])


def row(database: Engine, part: Sent) -> Any:
    with database.connect() as connection:
        query = text("SELECT * FROM pgchords_chords WHERE group_id = :id")
        return connection.execute(query, {"id": part.request.group}).one()


def change(database: Engine, statement: str, **values: Any) -> None:
    with database.begin() as connection:
        connection.execute(text(statement), values)


@pytest.fixture
def statements(app: Celery) -> Iterator[list[str]]:
    """Collect what the backend says to the database."""
    said: list[str] = []
    engine = app.backend._engine()  # type: ignore[attr-defined] # of pgchords.Backend

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(autouse=True)
def empty(database: Engine) -> None:
    change(database, "TRUNCATE pgchords_chords, pgchords_parts, celery_taskmeta, celery_tasksetmeta")


def test_last_part_publishes_the_body(app: Celery, sent: list[Sent], database: Engine) -> None:
    parts = start(app, sent)
    end(app, parts[1])
    assert bodies(sent) == []

    end(app, parts[0])

    assert bodies(sent) == [[[0, 1]]]
    assert row(database, parts[0]).state == "done"


def test_body_keeps_the_order_of_the_header(app: Celery, sent: list[Sent]) -> None:
    parts = start(app, sent, 40)
    finish(app, parts[::-1])

    assert bodies(sent) == [[list(range(40))]]


def test_parts_delivered_thrice_count_once(app: Celery, sent: list[Sent]) -> None:
    parts = start(app, sent, 3)
    finish(app, parts[:2] * 3)
    assert bodies(sent) == []

    finish(app, parts * 3)

    assert len(bodies(sent)) == 1


def test_parts_that_end_together_publish_one_body(app: Celery, sent: list[Sent]) -> None:
    for _ in range(10):
        parts = start(app, sent, 8)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda part: end(app, part), parts * 2))

        assert len(bodies(sent)) == 1


def test_part_costs_two_statements_and_the_last_four(app: Celery, sent: list[Sent], statements: list[str]) -> None:
    parts = start(app, sent, 40)
    statements.clear()
    finish(app, parts[:-1])
    assert len(statements) == 2 * 39

    statements.clear()
    end(app, parts[-1])

    assert [statement.split()[0] for statement in statements] == ["WITH", "UPDATE", "SELECT", "UPDATE"]


def test_parts_that_succeeded_cost_a_failing_chord_nothing(
    app: Celery, sent: list[Sent], statements: list[str]
) -> None:
    said = []
    for count in (2, 40):
        parts = start(app, sent, count)
        finish(app, parts[:-1])
        statements.clear()
        app.backend.mark_as_failure(parts[-1].id, ValueError("no"), request=parts[-1].request)
        said.append(len(statements))

    assert said[0] == said[1]


def test_chord_is_written_in_two_statements(app: Celery, sent: list[Sent], statements: list[str]) -> None:
    start(app, sent, 40)

    assert len(statements) == 2


def test_nothing_is_created_or_altered_at_run_time(make: Make, sent: list[Sent], statements: list[str]) -> None:
    app = make(database_create_tables_at_setup=True)
    parts = start(app, sent)
    finish(app, parts)
    group = app.GroupResult("g", [app.AsyncResult(part.id) for part in parts])
    group.save()

    assert app.GroupResult.restore("g").get(disable_sync_subtasks=False) == [0, 1]
    assert {statement.split()[0] for statement in statements} == {"WITH", "INSERT", "UPDATE", "SELECT"}


@pytest.mark.parametrize("point", ["before_chord_claim", "after_chord_claim", "before_chord_publish"])
def test_death_before_publishing_is_healed_once(
    make: Make, sent: list[Sent], point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make("pgchords.tests.test_backend.Dying", **NO_LEASE)
    parts = start(app, sent)
    end(app, parts[0])
    monkeypatch.setattr(Dying, "dies_at", point)
    with pytest.raises(Killed):
        end(app, parts[1])
    monkeypatch.undo()
    assert bodies(sent) == []

    assert [app.backend.reap(), app.backend.reap()] == [1, 0]  # type: ignore[attr-defined] # of pgchords.Backend
    assert bodies(sent) == [[[0, 1]]]


def test_death_after_publishing_repeats_the_same_task(
    make: Make, sent: list[Sent], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make("pgchords.tests.test_backend.Dying", **NO_LEASE)
    parts = start(app, sent)
    end(app, parts[0])
    monkeypatch.setattr(Dying, "dies_at", "after_chord_publish")
    with pytest.raises(Killed):
        end(app, parts[1])
    monkeypatch.undo()

    assert [app.backend.reap(), app.backend.reap()] == [1, 0]  # type: ignore[attr-defined] # of pgchords.Backend
    assert len(sent) == 2
    assert sent[0].id == sent[1].id


def test_redelivered_part_heals_without_the_reaper(
    make: Make, sent: list[Sent], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make("pgchords.tests.test_backend.Dying")
    parts = start(app, sent)
    end(app, parts[0])
    monkeypatch.setattr(Dying, "dies_at", "before_chord_claim")
    with pytest.raises(Killed):
        end(app, parts[1])
    monkeypatch.undo()

    end(app, parts[1])

    assert bodies(sent) == [[[0, 1]]]


def test_claim_is_left_alone_while_its_lease_lasts(
    make: Make, sent: list[Sent], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make("pgchords.tests.test_backend.Dying")
    parts = start(app, sent, 1)
    monkeypatch.setattr(Dying, "dies_at", "after_chord_claim")
    with pytest.raises(Killed):
        end(app, parts[0])

    assert app.backend.reap() == 0  # type: ignore[attr-defined] # of pgchords.Backend


def test_reapers_at_once_share_the_work(make: Make, sent: list[Sent], monkeypatch: pytest.MonkeyPatch) -> None:
    app = make("pgchords.tests.test_backend.Dying")
    monkeypatch.setattr(Dying, "dies_at", "before_chord_claim")
    for _ in range(20):
        (part,) = start(app, sent, 1)
        with pytest.raises(Killed):
            end(app, part)
    monkeypatch.undo()
    sent.clear()

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: app.backend.reap(), range(4)))  # type: ignore[attr-defined] # of pgchords.Backend

    assert sum(taken) == 20
    assert len({message.id for message in sent}) == len(sent) == 20


def test_chord_that_another_reaper_holds_is_skipped(app: Celery, sent: list[Sent], database: Engine) -> None:
    (part,) = start(app, sent, 1)
    app.backend._store_result(part.id, 0, states.SUCCESS, request=part.request)  # type: ignore[attr-defined]
    with database.begin() as other:
        other.execute(text("SELECT FROM pgchords_chords FOR UPDATE"))
        assert app.backend.reap() == 0  # type: ignore[attr-defined] # of pgchords.Backend

    assert app.backend.reap() == 1  # type: ignore[attr-defined] # of pgchords.Backend


def test_failure_of_a_nested_chord_reaches_the_outer(app: Celery, sent: list[Sent]) -> None:
    sig = app.signature
    outer = chord([chord([sig("fail")], sig("total"), app=app)], sig("note"), app=app).apply_async()
    (part,) = sent

    app.backend.mark_as_failure(part.id, ValueError("no"), request=part.request)

    assert repr(outer.result) == """ChordError("ValueError('no')")"""


def test_one_who_lost_the_claim_settles_nothing(app: Celery, sent: list[Sent], database: Engine) -> None:
    (part,) = start(app, sent, 1)
    backend: Any = app.backend
    backend._store_result(part.id, 0, states.SUCCESS, request=part.request)
    slow = backend.store.claim_due(
        "slow", lease=-backend.chord_lease, publishing=backend.chord_publishing, lifetime=None
    )
    backend.store.claim_due("other", lease=backend.chord_lease, publishing=backend.chord_publishing, lifetime=None)

    backend.store.finish(slow, "done")
    backend.store.postpone(slow, backend.chord_lease)

    assert row(database, part).token == "other"
    assert row(database, part).state == "claimed"


def test_lost_answer_to_a_claim_is_asked_for_again(app: Celery, sent: list[Sent]) -> None:
    (part,) = start(app, sent, 1)
    backend: Any = app.backend
    backend._store_result(part.id, 0, states.SUCCESS, request=part.request)

    first, second = (backend.store.claim(part.id, "token", lease=backend.chord_lease) for _ in range(2))

    assert first == second
    assert backend.store.claim(part.id, "other", lease=backend.chord_lease) == []


def test_chord_fails_whose_producer_died_publishing_it(make: Make, sent: list[Sent], database: Engine) -> None:
    app = make(result_backend_transport_options={"chord_publishing": 30})

    def die(**_: Any) -> None:
        if len(sent) == 2:
            raise Killed

    before_task_publish.connect(die)
    with pytest.raises(Killed):
        start(app, sent, 3)
    before_task_publish.disconnect(die)
    finish(app, sent[:1])
    assert app.backend.reap() == 0  # type: ignore[attr-defined] # of pgchords.Backend

    change(database, "UPDATE pgchords_chords SET created_at = now() - interval '31 s'")

    assert app.backend.reap() == 1  # type: ignore[attr-defined] # of pgchords.Backend
    assert isinstance(body_of(app, sent[0]).result, ChordError)


@pytest.mark.parametrize("with_request", [True, False], ids=["by the worker", "by remote control"])
def test_revoked_part_fails_the_body(app: Celery, sent: list[Sent], *, with_request: bool) -> None:
    (part,) = start(app, sent, 1)

    app.backend.mark_as_revoked(part.id, "terminated", request=part.request if with_request else None)
    app.backend.reap()  # type: ignore[attr-defined] # of pgchords.Backend

    assert repr(body_of(app, part).result) == """ChordError("TaskRevokedError('terminated')")"""


def test_part_that_failed_and_runs_again_is_waited_for(app: Celery, sent: list[Sent]) -> None:
    first, second = start(app, sent)
    app.backend.mark_as_failure(first.id, ValueError("no"), request=first.request)
    app.backend.store_result(first.id, None, states.STARTED, request=first.request)
    end(app, second)
    assert not body_of(app, first).ready()

    end(app, first)

    assert bodies(sent) == [[[0, 1]]]


def test_part_that_succeeded_and_runs_again_is_not_waited_for(app: Celery, sent: list[Sent]) -> None:
    first, second = start(app, sent)
    end(app, first)
    app.backend.store_result(first.id, None, states.STARTED, request=first.request)

    end(app, second)

    assert bodies(sent) == [[[0, 1]]]


def test_chord_that_is_never_complete_fails(make: Make, sent: list[Sent], database: Engine) -> None:
    app = make(result_chord_expires=60)
    parts = start(app, sent)
    end(app, parts[0])
    change(database, "UPDATE pgchords_chords SET created_at = now() - interval '61 s'")

    app.backend.reap()  # type: ignore[attr-defined] # of pgchords.Backend

    assert str(body_of(app, parts[0]).result) == f"gave up waiting for 1 of its parts, among them {parts[1].id}"
    assert row(database, parts[0]).state == "failed"


def test_chord_applied_again_runs_again(app: Celery, sent: list[Sent]) -> None:
    sig = app.signature
    canvas = chord([sig("ident", (1,), task_id="first"), sig("ident", (2,))], sig("total"), app=app)
    canvas.freeze()
    for _ in range(2):
        sent.clear()
        canvas.apply_async()
        finish(app, sent[:])

        assert bodies(sent) == [[[1, 2]]]


def test_body_waits_for_a_broker_that_is_away(make: Make, sent: list[Sent], database: Engine) -> None:
    policy = {"max_retries": 0}
    away = make(broker_url="amqp://127.0.0.1:1//", task_publish_retry_policy=policy, broker_connection_timeout=1)
    back = make()
    (part,) = start(back, sent, 1)
    end(away, part)
    sent.clear()
    assert back.backend.reap() == 0  # type: ignore[attr-defined] # of pgchords.Backend
    change(database, "UPDATE pgchords_chords SET leased_until = leased_until - interval '5 s'")

    back.backend.reap()  # type: ignore[attr-defined] # of pgchords.Backend

    assert bodies(sent) == [[[0]]]


def test_body_waits_for_a_database_that_is_away(
    app: Celery, sent: list[Sent], database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sig = app.signature
    chord([sig("ident", (1,))], chord([sig("total")], sig("ident"), app=app), app=app).apply_async()
    (part,) = sent[:]
    with monkeypatch.context() as patch:
        patch.setattr(app.backend, "apply_chord", raises(OperationalError("INSERT", {}, Exception("away"))))
        end(app, part)
    change(database, "UPDATE pgchords_chords SET leased_until = now() - interval '1 s'")
    sent.clear()

    app.backend.reap()  # type: ignore[attr-defined] # of pgchords.Backend

    assert bodies(sent) == [[[1]]]


def test_body_that_cannot_be_sent_fails(make: Make, sent: list[Sent], database: Engine) -> None:
    app = make(task_create_missing_queues=False)
    chord([app.signature("ident", (1,))], app.signature("total", queue="nowhere"), app=app).apply_async()

    end(app, sent[0])

    assert str(body_of(app, sent[0]).result).startswith("Callback error: QueueNotFound(")
    assert row(database, sent[0]).state == "failed"


def test_parts_stored_by_the_stock_backend_are_found(make: Make, sent: list[Sent], database_url: str) -> None:
    old, new = make(result_backend=f"db+{database_url}"), make()
    parts = start(new, sent)
    end(new, parts[0])
    end(old, parts[1])
    assert bodies(sent) == []

    new.backend.reap()  # type: ignore[attr-defined] # of pgchords.Backend

    assert bodies(sent) == [[[0, 1]]]


def test_one_broken_chord_does_not_stop_the_others(app: Celery, sent: list[Sent], database: Engine) -> None:
    broken, good = start(app, sent, 1), start(app, sent, 1)
    for (part,) in (broken, good):
        app.backend._store_result(part.id, 0, states.SUCCESS, request=part.request)  # type: ignore[attr-defined]
    change(database, "UPDATE pgchords_chords SET body = '{' WHERE group_id = :id", id=broken[0].request.group)

    app.backend.reap()  # type: ignore[attr-defined] # of pgchords.Backend

    assert bodies(sent) == [[[0]]]


def test_trouble_with_the_chord_is_none_of_the_part(app: Celery, sent: list[Sent], database: Engine) -> None:
    (part,) = start(app, sent, 1)
    change(database, "UPDATE pgchords_chords SET body = '{'")

    end(app, part)

    assert app.AsyncResult(part.id).state == states.SUCCESS


def test_soft_time_limit_while_joining_leaves_the_chord_to_the_reaper(
    app: Celery, sent: list[Sent], database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    (part,) = start(app, sent, 1)
    with monkeypatch.context() as patch:
        patch.setattr(joiner, "values_of", raises(SoftTimeLimitExceeded()))
        end(app, part)
    assert row(database, part).state == "claimed"
    change(database, "UPDATE pgchords_chords SET leased_until = now() - interval '1 s'")

    app.backend.reap()  # type: ignore[attr-defined] # of pgchords.Backend

    assert bodies(sent) == [[[0]]]


def test_ignored_results_of_parts_are_kept_for_the_body(app: Celery, sent: list[Sent]) -> None:
    sig = app.signature
    chord([sig("ignored", (1,)), sig("ignored", (2,))], sig("total"), app=app).apply_async()
    for part in sent[:]:
        app.backend.mark_as_done(part.id, part.args[0], request=part.request, store_result=False)

    assert bodies(sent) == [[[1, 2]]]


def test_error_with_a_null_character_is_counted(app: Celery, sent: list[Sent]) -> None:
    (part,) = start(app, sent, 1)

    app.backend.mark_as_failure(part.id, ValueError("\0"), "line\0", request=part.request)

    assert str(body_of(app, part).result) == "ValueError('\\x00')"
    assert str(app.AsyncResult(part.id).traceback) == "line\\0"


def test_lost_connections_are_replaced(make: Make, database: Engine) -> None:
    app = make(database_engine_options={"pool_pre_ping": False, "connect_args": {"application_name": "lost"}})
    app.backend.store_result("before", 1, states.SUCCESS)
    change(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lost'")

    app.backend.store_result("after", 2, states.SUCCESS)

    assert app.AsyncResult("after").result == 2


def test_success_is_never_overwritten(app: Celery) -> None:
    app.backend.store_result("once", 1, states.SUCCESS)
    app.backend.store_result("once", ValueError(), states.FAILURE)

    assert app.AsyncResult("once").result == 1


def test_extended_results_are_stored_and_read(make: Make) -> None:
    app = make(result_extended=True)
    request = Context({"task": "ident", "args": [1], "delivery_info": {"routing_key": "celery"}})

    app.backend.store_result("extended", 1, states.SUCCESS, request=request)

    read = app.AsyncResult("extended")
    assert [read.name, read.args, read.queue] == ["ident", [1], "celery"]


def test_pickled_result_is_refused(app: Celery, database: Engine) -> None:
    change(
        database,
        "INSERT INTO celery_taskmeta (task_id, status, result) VALUES ('evil', 'SUCCESS', :evil)",
        evil=pickle.dumps(os.getcwd),
    )

    with pytest.raises(DecodeError):
        _ = app.AsyncResult("evil").result


def test_retention_deletes_in_batches(app: Celery, sent: list[Sent], database: Engine) -> None:
    backend: Any = app.backend
    for _ in range(5):
        finish(app, start(app, sent, 2))
    running = start(app, sent, 2)
    unreadable = start(app, sent, 1)
    old = "UPDATE pgchords_chords SET created_at = now() - interval '3 h' WHERE state = 'open'"
    change(database, old)
    claimed = "UPDATE pgchords_chords SET state = 'claimed' WHERE group_id = :id"
    change(database, claimed, id=unreadable[0].request.group)
    change(database, "UPDATE pgchords_chords SET finished_at = now() - interval '2 h' WHERE state = 'done'")
    change(database, "UPDATE celery_taskmeta SET date_done = now() AT TIME ZONE 'utc' - interval '2 h'")
    app.backend.store_result("new", 1, states.SUCCESS)

    assert backend.store.delete_older(backend.expires, lifetime=backend.expires, batch=3) == 5 + 10 + 1
    assert row(database, running[0]).state == "open"
    assert app.AsyncResult("new").result == 1


def test_backends_of_one_process_share_an_engine(make: Make) -> None:
    one, other = make(), make()

    assert one.backend._engine() is other.backend._engine()  # type: ignore[attr-defined] # of pgchords.Backend


def test_fork_gets_an_engine_of_its_own(database_url: str) -> None:
    url = f"{database_url}&application_name=forked"
    mine = session_id(url)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writing, str(session_id(url)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)

    assert int(os.read(reading, 20)) != mine
    assert session_id(url) == mine


def session_id(url: str) -> int:
    with engine_for(url, {}).connect() as connection:
        return int(connection.scalar(text("SELECT pg_backend_pid()")) or 0)


@pytest.mark.parametrize(
    ("configuration", "reason"),
    [
        ({"result_backend": "pgchords.Backend+sqlite://"}, "PostgreSQL only"),
        ({"database_table_names": {"task": "mine"}}, "database_table"),
    ],
)
def test_what_cannot_work_is_refused_at_the_start(make: Make, configuration: dict[str, Any], reason: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=reason):
        _ = make(**configuration).backend
