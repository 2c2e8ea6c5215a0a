"""Two beats over simulated hours on a real database, with clock jumps, pauses and kills, and what they should fire."""

from bisect import bisect_right
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from random import Random
from typing import Final

from sqlalchemy.orm import Session

from engine.beat import Firer
from engine.ledger.schedule import ScheduleService
from models import ScheduleFiring
from models.session import session_scope
from schemas.schedule import ON_TIME, CatchUpPolicy, ScheduledJob, SchedulePatch
from schemas.timing import Timing

BEGINS: Final = (datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 10, 22, tzinfo=UTC))
"Within a month of these the clocks of New York and of Berlin change."
_MARGIN = timedelta(days=3)


def _job(name: str, timing: Timing, catch_up: CatchUpPolicy) -> ScheduledJob:
    return ScheduledJob(name=name, task=f"test.{name}", timing=timing, catch_up=catch_up)


JOBS: Final = {
    job.name: job
    for job in (
        _job("hourly", Timing(interval_seconds=3600), CatchUpPolicy.ONCE),
        _job("hourly_all", Timing(interval_seconds=3600), CatchUpPolicy.ALL),
        _job("quarterly", Timing(interval_seconds=900), CatchUpPolicy.SKIP),
        _job("nightly", Timing(cron="30 2 * * *", zone="Europe/Berlin"), CatchUpPolicy.ALL),
        _job("at_one", Timing(cron="0 1 * * *", zone="America/New_York"), CatchUpPolicy.ONCE),
        _job("often", Timing(cron="*/20 * * * *", zone="Europe/Berlin"), CatchUpPolicy.ALL),
        _job("workdays", Timing(cron="15 9-17/2 * * mon-fri", zone="America/New_York"), CatchUpPolicy.SKIP),
        _job("ticking", Timing(interval_seconds=30), CatchUpPolicy.ONCE),
    )
}
TICKS: Final = "ticking"

Firing = tuple[str, datetime]


class _Killed(BaseException):
    """The process of a beat dies here."""


class _Expected:
    """What is to be fired, from the due times and the moments at which a beat looked; it reads no rows."""

    def __init__(self, job: ScheduledJob, begin: datetime, end: datetime) -> None:
        # To the end and past it, because a clock that jumps may overshoot.
        self._due = list(takewhile(lambda due: due < end + _MARGIN, job.timing.after(begin - _MARGIN)))
        self._job, self._planned = job, begin
        self._rows: set[datetime] = set()
        self.waiting: set[datetime] = set()
        self.sent: set[datetime] = set()
        self.enabled = True

    def pause(self, *, enabled: bool, now: datetime) -> None:
        """Pause it, or let it go on from now."""
        self.enabled, self._planned = enabled, now

    def look(self, now: datetime) -> None:
        """Note what a beat that looks records."""
        if not self.enabled:
            return
        missed = self._due[bisect_right(self._due, self._planned) : bisect_right(self._due, now)]
        if missed or now < self._planned:
            self._planned = now
        policy = self._job.catch_up
        chosen = missed if policy == CatchUpPolicy.ALL else missed[-1:]
        if policy == CatchUpPolicy.SKIP:
            chosen = [due for due in chosen if now - due < ON_TIME]
        if chosen and policy != CatchUpPolicy.ALL:
            self.waiting.clear()
        new = set(chosen) - self._rows
        self._rows |= new
        self.waiting |= new

    def fire(self, due: datetime) -> bool:
        """Note that a due time was sent; return whether it was to be."""
        was_to_be = due in self.waiting or due in self.sent
        self.waiting.discard(due)
        self.sent.add(due)
        return was_to_be


class SimulatedBeats:
    """Two beats, a clock that only the simulation moves, and the count of what went wrong."""

    def __init__(self, *, hours: int, seed: int) -> None:
        self._random = Random(seed)
        self.now = BEGINS[seed % len(BEGINS)]
        self._end = self.now + timedelta(hours=hours)
        self._expected = {name: _Expected(job, self.now, self._end) for name, job in JOBS.items() if name != TICKS}
        self._beats: list[Firer | None] = [self._beat(), self._beat()]
        self._deaths = 0.0
        self._ids: dict[Firing, int] = {}
        self._fired: list[Firing] = []
        self._cut_off: Counter[Firing] = Counter()
        self._messages: Counter[Firing] = Counter()
        self.done: Counter[str] = Counter()
        self.problems: Counter[str] = Counter({"missed": 0, "fired though not due": 0, "fired twice": 0, "two led": 0})

    def run(self) -> None:
        """Let the hours pass, and count what was not fired as it should have been."""
        self._step()
        while self.now < self._end:
            self._pass_time()
            self._deaths = self._random.choice([0, 0, 0.1])
            self._step()
        self._calm_down()
        self.problems["missed"] += sum(len(each.waiting) for each in self._expected.values())
        self.problems["fired twice"] += sum(
            max(0, count - 1 - self._cut_off[firing]) for firing, count in self._messages.items()
        )
        self.done["firings"] = len(self._messages)
        self.done["messages sent again, under the same id"] = self._messages.total() - len(self._messages)

    def _beat(self) -> Firer:
        return Firer(self._publish, jobs=JOBS, clock=self._time, name="simulated")

    def _time(self, _session: Session) -> datetime:
        return self.now

    def _publish(self, job: ScheduledJob, firing: ScheduleFiring | None, _expires: float | None) -> None:
        if firing is None:
            self.done["ticks"] += 1
            return
        key = (job.name, firing.due_at)
        self._may_die("killed before the message")
        self._fired.append(key)
        self._messages[key] += 1
        self.problems["fired twice"] += self._ids.setdefault(key, firing.id) != firing.id
        self._cut_off[key] += 1
        self._may_die("killed after the message")
        self._cut_off[key] -= 1

    def _may_die(self, where: str) -> None:
        if self._random.random() < self._deaths:
            self.done[where] += 1
            raise _Killed

    def _pass_time(self) -> None:
        """Go to the next moment at which something is due, or do something to the clock, a schedule or the beats."""
        happens = self._random.random()
        if happens < 0.03:
            self.done["clock set back"] += 1
            self.now -= timedelta(seconds=self._random.uniform(1, 3 * 3600))
        elif happens < 0.06:
            self.done["clock set forward, or all beats gone"] += 1
            self.now += timedelta(seconds=self._random.uniform(60, self._random.choice([3600, 4 * 3600])))
        elif happens < 0.09:
            self._pause_or_resume()
        else:
            following = min(each.timing.next_after(self.now) for name, each in JOBS.items() if name != TICKS)
            self.now = following + timedelta(seconds=self._random.choice([0, 0.5, 20]))

    def _pause_or_resume(self) -> None:
        paused = sorted(name for name, each in self._expected.items() if not each.enabled)
        name = self._random.choice(paused or sorted(self._expected))
        enabled = not self._expected[name].enabled
        self.done["resumed" if enabled else "paused"] += 1
        with session_scope() as session:
            patch = SchedulePatch(enabled=enabled)
            ScheduleService.update(session, ScheduleService.lock(session, name), patch, self.now)
        self._expected[name].pause(enabled=enabled, now=self.now)

    def _step(self) -> None:
        """Let both beats look, in any order; one that is dead is started again sooner or later."""
        leading = 0
        for place in self._random.sample(range(2), 2):
            beat = self._beats[place]
            if beat is None and self._random.random() < 0.5:
                beat = self._beats[place] = self._beat()
            if beat is not None:
                leading += self._look(place, beat)
        self.problems["two led"] += leading > 1

    def _look(self, place: int, beat: Firer) -> bool:
        self._fired = []
        try:
            leads = beat.look()
        except _Killed:
            self._beats[place] = None
            # The other one may lead five seconds later.
            leads = True
        if leads:
            for each in self._expected.values():
                each.look(self.now)
        self.problems["fired though not due"] += sum(not self._expected[name].fire(due) for name, due in self._fired)
        if leads and self._beats[place] is None:
            self.now += timedelta(seconds=6)
        return leads and self._beats[place] is not None

    def _calm_down(self) -> None:
        self._deaths = 0.0
        for _ in range(2):
            self._beats = [beat or self._beat() for beat in self._beats]
            self._step()
            self.now += timedelta(seconds=6)
