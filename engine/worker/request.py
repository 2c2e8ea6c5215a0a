"""A message on its way through a worker."""

from contextlib import AbstractContextManager
from typing import Any

from billiard.einfo import ExceptionInfo
from celery import Task
from celery.exceptions import InvalidTaskError, WorkerLostError
from celery.worker.request import Request
from kombu import Message
from pydantic import ValidationError

from engine.faults import FaultPoint, reach
from engine.worker.handback import hand_back
from engine.worker.message import MessageHeaders, step_message
from observability.logs import context

_LOST = (WorkerLostError, SystemExit, KeyboardInterrupt)


class StepRequest(Request):
    """Celery's request, which knows more than its process: whether that died, or has to stop."""

    def __init__(self, message: Message, **options: Any) -> None:
        """Read a message; what Celery would stumble over later, with the request half on its way, is refused now.

        Raises:
            InvalidTaskError: its headers are not those of a task.
        """
        try:
            MessageHeaders.model_validate(options.get("headers") or message.headers)
        except ValidationError as error:
            raise InvalidTaskError(f"malformed headers: {error}") from error
        super().__init__(message, **options)

    def acknowledge(self) -> None:
        """Tell the broker that the message is done with."""
        reach(FaultPoint.BEFORE_ACK)
        super().acknowledge()
        reach(FaultPoint.AFTER_ACK)

    def on_failure(self, exc_info: ExceptionInfo, send_failed_event: bool = True, return_ok: bool = False) -> Any:
        """Give back the steps of a process that died, before the message goes to another."""
        error: object = exc_info.exception
        with self._context():
            # A process that raises it still can say so, and wraps it.
            if isinstance(getattr(error, "exc", error), _LOST):
                hand_back(self.worker_pid)
            return super().on_failure(exc_info, send_failed_event=send_failed_event, return_ok=return_ok)

    def on_timeout(self, soft: bool, timeout: float) -> None:
        """Give back the steps of a process that exceeded its time limit; it is killed."""
        with self._context():
            super().on_timeout(soft, timeout)
            if not soft:
                hand_back(self.worker_pid)

    def cancel(self, pool: Any, signal: Any = None, emit_retry: bool = True) -> None:
        """Give a step back because its worker has to stop; the attempt does not count."""
        with self._context():
            super().cancel(pool, signal, emit_retry)
            hand_back(self.worker_pid, without_fault=True)

    def _context(self) -> AbstractContextManager[None]:
        """Put on every line what the message is about; the main process sees many of them."""
        step = step_message(self.message)
        if step is None:
            return context(task=self.id)
        return context(task=self.id, run=step.run_id, step=self.name, index=step.index)


class PartflowTask(Task[Any, Any]):
    """The class of all tasks of the engine."""

    abstract = True
    Request = "engine.worker.request:StepRequest"

    def signature_from_request(self, request: Any = None, *words: Any, **named: Any) -> Any:
        """Keep what a message says of its arguments when it is sent again; Celery would describe them anew."""
        signature = super().signature_from_request(request, *words, **named)
        now: Any = request or self.request
        signature.options["argsrepr"] = now.argsrepr
        return signature
