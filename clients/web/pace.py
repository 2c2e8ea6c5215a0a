"""The least rate at which a server must send, so that one that drips is given up soon."""

import time

import httpcore2


class Pace:
    """Counts what arrives over windows of some seconds, from the first byte on."""

    def __init__(self, least: int, window: float) -> None:
        self._least = least
        self._window = window
        self._began: float | None = None
        self._arrived = 0

    def count(self, size: int) -> None:
        """Note that bytes have arrived.

        Raises:
            httpcore2.ReadTimeout: they arrive too slowly.
        """
        now = time.monotonic()
        if self._began is None:
            self._began = now
        self._arrived += size
        seconds = now - self._began
        if seconds < self._window:
            return
        if self._arrived < self._least * seconds:
            raise httpcore2.ReadTimeout(f"the server sends less than {self._least} bytes per second")
        self._began, self._arrived = now, 0
