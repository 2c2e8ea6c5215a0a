"""The task that heals chords; have Celery beat send it every ten seconds or so."""

from celery import Task, shared_task


@shared_task(name="pgchords.reap", bind=True, ignore_result=True)
def reap(self: Task[[], int]) -> int:
    """Finish abandoned chords, and return how many."""
    finished: int = self.backend.reap()  # type: ignore[attr-defined] # of pgchords.Backend
    return finished
