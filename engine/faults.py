"""Fault points: named places where a process dies on purpose, so that tests can prove what that does."""

import os
import signal
from enum import StrEnum

from settings.settings import get_settings


class FaultPoint(StrEnum):
    """The places, in the order in which work passes them."""

    BEFORE_OUTBOX_COMMIT = "before_outbox_commit"
    AFTER_OUTBOX_COMMIT = "after_outbox_commit"
    BEFORE_PUBLISH = "before_publish"
    AFTER_PUBLISH = "after_publish"
    BEFORE_CLAIM = "before_claim"
    AFTER_CLAIM = "after_claim"
    BEFORE_EFFECT = "before_effect"
    AFTER_EFFECT = "after_effect"
    BEFORE_OBJECT_PUT = "before_object_put"
    AFTER_OBJECT_PUT = "after_object_put"
    BEFORE_RECORD_COMMIT = "before_record_commit"
    AFTER_RECORD_COMMIT = "after_record_commit"
    BEFORE_CHORD_CLAIM = "before_chord_claim"
    AFTER_CHORD_CLAIM = "after_chord_claim"
    BEFORE_CHORD_PUBLISH = "before_chord_publish"
    AFTER_CHORD_PUBLISH = "after_chord_publish"
    BEFORE_FIRING_PUBLISH = "before_firing_publish"
    AFTER_FIRING_PUBLISH = "after_firing_publish"
    BEFORE_ACK = "before_ack"
    AFTER_ACK = "after_ack"


def reach(point: FaultPoint) -> None:
    """Die here, if this point is armed; of several processes that reach it, one does.

    A point is armed by a file with its name in PARTFLOW_FAULT_FOLDER, which production refuses to have.
    """
    folder = get_settings().fault.folder
    if folder is None:
        return
    try:
        (folder / point).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
