"""Clients that hand in parts while everything breaks, and insist until they are answered."""

import threading
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from random import Random
from typing import Any
from uuid import UUID

import httpx2

from cli.demo import PHOTOS
from demo.parts import demo_parts
from embedded import EmbeddedError

ANSWER_SECONDS = 120.0
"Until a request must have its answer, however often what serves it dies."
_ACCEPT_SECONDS = 240.0
"Until one more run must be accepted; room for it may have to be made first, by runs that end."
_IN_FLIGHT = 16
_PAUSE = 0.25
_EVERY_PHOTO = 6
_EVERY_BOOKED = 3
_EVERY_KNOWN = 4


class Load:
    """Keeps a number of runs on their way; a request that got no answer is sent again with its key."""

    def __init__(self, address: str, runs: int, random: Random, headers: Mapping[str, str] | None = None) -> None:
        self.accepted: list[UUID] = []
        self.ended = 0
        self.resent = 0
        self.booked = 0
        self.error: Exception | None = None
        self._runs = runs
        self._booked: set[UUID] = set()
        self._random = random
        self._http = httpx2.Client(base_url=address, headers=headers, timeout=20, trust_env=False)
        self._numbers = [part.number for part in demo_parts()]
        self._photos = sorted(PHOTOS.glob("*bag*.jpg"))
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wait_until_accepted(self, runs: int) -> None:
        """Wait until so many runs are accepted.

        Raises:
            EmbeddedError: no more are.
            Exception: what else kept the load from going on.
        """
        accepted, since = -1, time.monotonic()
        while len(self.accepted) < runs:
            if self.error:
                raise self.error
            if len(self.accepted) > accepted:
                accepted, since = len(self.accepted), time.monotonic()
            if time.monotonic() - since > _ACCEPT_SECONDS:
                raise EmbeddedError(f"After {accepted} runs, no more was accepted for {_ACCEPT_SECONDS:.0f} s.")
            time.sleep(_PAUSE)

    def hand_in_more(self) -> None:
        """Hand in a photo and a new number, once all else is; their runs pass every fault point and ask the model."""
        photo = len(self.accepted) * _EVERY_PHOTO + _EVERY_PHOTO - 1
        for number in (photo, photo + 2):
            self.accepted.append(self._start(number))

    def _run(self) -> None:
        try:
            for number in range(self._runs):
                while len(self.accepted) - self.ended >= _IN_FLIGHT:
                    time.sleep(_PAUSE)
                    self.count_ended()
                self.accepted.append(self._start(number))
        except Exception as error:  # noqa: BLE001 - told to the thread that waits for the load
            self.error = error

    def count_ended(self) -> None:
        """Ask which of the accepted runs have ended, and book the stock that some of them propose."""
        open_runs: set[UUID] = set()
        for state in ("pending", "running"):
            page = self._insist("GET", "/pipelines/runs", params={"state": state, "limit": 100}).json()
            open_runs |= {UUID(run["id"]) for run in page["runs"]}
        self.ended = len(self.accepted) - len(open_runs)
        for run_id in self.accepted[::_EVERY_BOOKED]:
            if run_id not in open_runs | self._booked:
                self._booked.add(run_id)
                self._book(run_id)

    def _book(self, run_id: UUID) -> None:
        for suggestion in self._insist("GET", f"/pipelines/runs/{run_id}").json()["suggestions"]:
            if suggestion["field"] == "stock" and suggestion["value"]["slot"]:
                accept = f"/suggestions/{suggestion['id']}/accept"
                answer = self._insist("POST", accept, json={"quantity": 3}, final=(HTTPStatus.CONFLICT,))
                self.booked += answer.is_success

    def _start(self, number: int) -> UUID:
        key = {"Idempotency-Key": f"chaos-{number}"}
        if number % _EVERY_PHOTO == _EVERY_PHOTO - 1:
            photo = self._photos[number // _EVERY_PHOTO % len(self._photos)]
            content = photo.read_bytes()
            answer = self._insist(
                "POST", "/pipelines/photo-intake/runs", headers=key, files={"photo": (photo.name, content)}
            )
        else:
            # Most parts are new to the catalogue: their runs are quick, so that faults fall on more of them.
            known = number % _EVERY_KNOWN == 0
            code = self._random.choice(self._numbers) if known else f"XQ{self._random.randrange(10**6):06d}"
            body = {"manufacturer_code": code}
            answer = self._insist("POST", "/pipelines/part-intake/runs", headers=key, json=body)
        return UUID(answer.json()["runs"][0]["id"])

    def _insist(self, method: str, path: str, *, final: Sequence[int] = (), **request: Any) -> httpx2.Response:
        """Ask until there is an answer; 409 says that the first request with this key is still being worked on.

        Raises:
            EmbeddedError: there is none for too long.
        """
        began = time.monotonic()
        while True:
            try:
                answer = self._http.request(method, path, **request)
            except httpx2.TransportError as error:
                why = repr(error)
            else:
                if answer.is_success or answer.status_code in final:
                    return answer
                why = f"{answer.status_code} {answer.text}"
                if answer.status_code not in (HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE):
                    raise AssertionError(f"{method} {path}: {why}")
            if time.monotonic() - began > ANSWER_SECONDS:
                raise EmbeddedError(f"{method} {path} had no answer for {ANSWER_SECONDS:.0f} s, at last: {why}")
            self.resent += 1
            time.sleep(_PAUSE)


def wait_until_ended(load: Load, seconds: float) -> float:
    """Wait until all accepted runs have ended, and return how long that took."""
    began = time.monotonic()
    while load.ended < len(load.accepted) and time.monotonic() - began < seconds:
        load.count_ended()
        time.sleep(_PAUSE)
    return time.monotonic() - began
