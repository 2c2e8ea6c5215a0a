"""What beats fire, by a clock that the tests move."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from engine.beat import Firer
from engine.ledger.beat import LEASE, BeatService
from engine.ledger.firing import FiringService
from engine.ledger.schedule import ScheduleService
from models import Schedule, ScheduleFiring
from models.session import session_scope
from schemas.schedule import CatchUpPolicy, ScheduledJob, SchedulePatch
from schemas.timing import Timing
from tests.integration.schedule.conftest import BEGIN, JOBS

HOUR = timedelta(hours=1)
NOON = BEGIN.replace(second=0)


class Beat(Firer):
    """A beat whose clock and broker are the test's."""

    def __init__(self) -> None:
        super().__init__(self.publish, jobs=JOBS, clock=lambda _session: self.now, name="test")
        self.now = BEGIN
        self.is_broken = False
        self.sent: list[tuple[str, datetime | None, float | None]] = []

    def publish(self, job: ScheduledJob, firing: ScheduleFiring | None, expires: float | None) -> None:
        if self.is_broken:
            raise ConnectionError("no broker")
        self.sent.append((job.name, firing.due_at if firing else None, expires))

    def look_at(self, now: datetime) -> bool:
        self.now = now
        return self.look()

    def due(self, name: str) -> list[datetime | None]:
        return [due for job, due, _ in self.sent if job == name]


@pytest.fixture
def beat(schedules: object) -> Beat:
    return Beat()


def row(name: str) -> Schedule:
    with session_scope() as session:
        return ScheduleService.get(session, name)


def change(name: str, now: datetime = BEGIN, **fields: object) -> None:
    with session_scope() as session:
        ScheduleService.update(session, ScheduleService.lock(session, name), SchedulePatch.model_validate(fields), now)


def test_one_of_two_beats_leads_until_it_is_not_seen(beat: Beat) -> None:
    other = Beat()

    assert (beat.look_at(BEGIN), other.look_at(BEGIN)) == (True, False)
    assert not other.look_at(BEGIN + LEASE)
    assert other.look_at(BEGIN + LEASE + timedelta(seconds=1))
    assert not beat.look_at(BEGIN + LEASE + timedelta(seconds=2))


def test_beat_that_stops_hands_over_at_once(beat: Beat) -> None:
    other = Beat()
    beat.look()
    beat.leave()

    assert other.look()
    with session_scope() as session:
        assert [each.id for each in BeatService.list(session)] == [other.id]


def test_leader_that_died_before_the_clock_was_set_back_is_not_waited_for(beat: Beat) -> None:
    beat.look_at(BEGIN + 5 * HOUR)

    assert Beat().look_at(BEGIN)


def test_beat_that_finds_another_looking_passes(beat: Beat, session: Session) -> None:
    assert BeatService.take_lead(session, Beat().id, "other", BEGIN)

    assert not beat.look()


def test_due_time_is_fired_once_with_an_expiry(beat: Beat) -> None:
    other = Beat()
    for now in (BEGIN, NOON + HOUR, NOON + HOUR, NOON + HOUR + LEASE):
        beat.look_at(now)
        other.look_at(now)

    assert [each for each in beat.sent if each[0] == "hourly"] == [("hourly", NOON + HOUR, 3600)]
    assert other.sent == []
    assert (row("hourly").last_due_at, row("hourly").next_due_at) == (NOON + HOUR, NOON + 2 * HOUR)


@pytest.mark.parametrize(
    ("policy", "late", "fired"),
    [
        (CatchUpPolicy.ONCE, timedelta(minutes=20), [5]),
        (CatchUpPolicy.ALL, timedelta(minutes=20), [1, 2, 3, 4, 5]),
        (CatchUpPolicy.SKIP, timedelta(minutes=20), []),
        (CatchUpPolicy.SKIP, timedelta(minutes=2), [5]),
    ],
)
def test_missed_firings_are_made_up_for_by_policy(
    beat: Beat, policy: CatchUpPolicy, late: timedelta, fired: list[int]
) -> None:
    change("hourly", catch_up=policy)
    beat.look_at(NOON + 5 * HOUR + late)

    assert beat.due("hourly") == [NOON + count * HOUR for count in fired]


def test_firing_waits_for_the_broker_and_stands_for_earlier_ones(beat: Beat) -> None:
    beat.is_broken = True
    for hours in range(1, 4):
        assert beat.look_at(NOON + hours * HOUR)
    beat.is_broken = False
    beat.look()

    assert beat.due("hourly") == [NOON + 3 * HOUR]
    with session_scope() as session:
        newest, *earlier = FiringService.list(session, "hourly", after=None, limit=9)
    assert (newest.is_replaced, newest.sent_at) == (False, NOON + 3 * HOUR)
    assert [each.is_replaced for each in earlier] == [True, True]


def test_clock_that_is_set_back_fires_nothing_twice_and_waits_for_nothing(beat: Beat) -> None:
    beat.look_at(NOON + 9 * 24 * HOUR)
    beat.sent.clear()
    for minutes in range(0, 121, 30):
        beat.look_at(NOON + timedelta(minutes=minutes))
    beat.look_at(NOON)
    beat.look_at(NOON + HOUR)

    assert beat.due("hourly") == [NOON + HOUR, NOON + 2 * HOUR]


def test_schedule_that_ticks_leaves_no_rows(beat: Beat) -> None:
    for seconds in (10, 20, 25, 30):
        beat.look_at(NOON + HOUR + timedelta(seconds=seconds))

    assert [each for each in beat.sent if each[0] == "ticking"] == [("ticking", None, 10)] * 3
    with session_scope() as session:
        assert FiringService.list(session, "ticking", after=None, limit=9) == []


def test_paused_schedule_misses_nothing(beat: Beat) -> None:
    change("hourly", enabled=False)
    beat.look_at(NOON + 5 * HOUR)
    assert row("hourly").next_due_at is None
    change("hourly", NOON + 5 * HOUR, enabled=True)
    beat.look_at(NOON + 5 * HOUR + timedelta(minutes=1))

    assert beat.due("hourly") == []
    assert row("hourly").next_due_at == NOON + 6 * HOUR


def test_run_by_a_person_is_sent_even_while_paused(beat: Beat) -> None:
    change("hourly", enabled=False)
    with session_scope() as session:
        asked = FiringService.create(session, ScheduleService.get(session, "hourly"))
    beat.look()

    assert [each for each in beat.sent if each[0] == "hourly"] == [("hourly", asked.due_at, None)]


def test_schedule_of_newer_code_is_left_to_it(beat: Beat, session: Session) -> None:
    beat.look()
    new = ScheduledJob(name="newer", task="test.newer", timing=Timing(interval_seconds=3600))
    ScheduleService.ensure(session, [new], BEGIN)
    session.commit()
    beat.look_at(NOON + HOUR)

    assert beat.due("newer") == []
    assert row("newer").next_due_at == NOON + HOUR


def test_malformed_schedule_does_not_stop_the_others(beat: Beat) -> None:
    beat.look()
    with session_scope() as session:
        session.execute(update(Schedule).where(Schedule.name == "nightly").values(zone="Europe/Bonn"))
    beat.look_at(NOON + 24 * HOUR)

    assert (beat.due("hourly"), beat.due("nightly")) == ([NOON + 24 * HOUR], [])


def test_beat_that_freezes_lets_go_of_its_lock(beat: Beat, session: Session) -> None:
    BeatService.take_lead(session, beat.id, "frozen", BEGIN)

    assert session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "8s"


def test_timing_of_a_person_outlives_an_upgrade(schedules: Callable[..., None]) -> None:
    change("hourly", cron="0 6 * * *", zone="Europe/Berlin")
    change("nightly", enabled=False)
    schedules(
        ScheduledJob(name="hourly", task="test.other", timing=Timing(interval_seconds=60)),
        ScheduledJob(name="nightly", task="test.nightly", timing=Timing(cron="0 4 * * *")),
    )

    assert (row("hourly").cron, row("hourly").zone, row("hourly").starts) == (
        "0 6 * * *",
        "Europe/Berlin",
        "test.other",
    )
    assert (row("nightly").cron, row("nightly").enabled, row("nightly").is_changed) == ("0 4 * * *", False, False)
    change("hourly", reset=True)
    assert (row("hourly").interval_seconds, row("hourly").cron, row("hourly").is_changed) == (60, None, False)


def test_old_firings_are_forgotten_unless_they_wait(beat: Beat) -> None:
    beat.look_at(NOON + HOUR)
    beat.is_broken = True
    beat.look_at(NOON + 2 * HOUR)
    with session_scope() as session:
        session.execute(update(ScheduleFiring).values(recorded_at=text("now() - interval '8 days'")))
        assert FiringService.delete_old(session, days=7) == 1
        assert session.scalar(select(func.count()).select_from(ScheduleFiring)) == 1
