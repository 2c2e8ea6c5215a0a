"""A request is one transaction, and what it started is sent to the workers after the commit."""

from collections.abc import Iterable
from contextlib import ExitStack
from typing import Final, cast

import structlog
from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from api.http.gauges import Gauges
from api.http.spool import SpooledRequest
from api.http.tokens import KnownTokens
from clients.files.document_reader import DocumentReader
from clients.files.pdf_reader import PdfReader
from clients.object_store import ObjectStore, make_store
from engine.dispatch import publish
from engine.faults import FaultPoint, reach
from models import PipelineRun
from models.session import session_scope
from observability.traces import span
from pipelines.documents import prepare
from services.access import AuditService
from settings import Settings

_WATCHING: Final = ("health", "metrics")
"What asks every few seconds, and makes no traces."

_log = structlog.get_logger()
FOR_GOOD: Final = frozenset(
    {
        *("boxes.delete", "documents.delete", "parts.delete_seller", "projects.delete", "projects.delete_requirement"),
        *("shopping.delete", "tags.remove_synonym", "tokens.create", "tokens.delete", "types.delete"),
        *("parts.merge", "tags.merge", "tags.rename", "types.merge"),
    }
)
"The endpoints whose effect nobody can take back; who used one is written down in the same transaction."


class PartflowFlask(Flask):
    """A Flask whose views each run in one transaction, with the clients and settings that they use."""

    request_class = SpooledRequest
    settings: Settings
    store: ObjectStore
    pdf_reader: PdfReader
    document_reader: DocumentReader
    gauges: Gauges

    def __init__(self, settings: Settings) -> None:
        super().__init__("api", static_folder=None)
        self.tokens = KnownTokens()
        self.use(settings)

    def use(self, settings: Settings) -> None:
        """Take settings, and make the clients that they describe."""
        self.settings = settings
        self.store = make_store(settings.store)
        self.pdf_reader = PdfReader(settings.pdf)
        self.gauges = Gauges(settings)
        self.document_reader = DocumentReader(settings.pdf, settings.image, settings.api.look_seconds)

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view, commit, publish; a commit that fails is an error of the request like any other."""
        if request.blueprint in _WATCHING:
            return self._dispatch()
        with span(f"{request.method} {request.url_rule}", "server", parent=request.headers.get("traceparent")):
            return self._dispatch()

    def _dispatch(self) -> ResponseReturnValue:
        g.started, g.stored = [], []
        with ExitStack() as g.scope:
            answer = super().dispatch_request()
            if request.endpoint in FOR_GOOD:
                subject = g.get("subject", request.path)
                AuditService.record(db(), actor=g.actor, action=str(request.endpoint), subject=subject)
            if g.started:
                reach(FaultPoint.BEFORE_OUTBOX_COMMIT)
        if g.started:
            reach(FaultPoint.AFTER_OUTBOX_COMMIT)
            _publish(g.started)
        prepare(g.stored)
        return answer


def _publish(runs: list[PipelineRun]) -> None:
    try:
        publish(runs)
    except Exception:  # noqa: BLE001 - the runs are committed: the answer is yes, and the reconciler sends them
        _log.exception("publishing failed", runs=[str(run.id) for run in runs])


def app() -> PartflowFlask:
    """Return the app of this request."""
    return cast(PartflowFlask, current_app)


def db() -> Session:
    """Return the session of this request, opened at first use."""
    if "db" not in g:
        g.db = g.scope.enter_context(session_scope())
    session: Session = g.db
    return session


def publish_after_commit(runs: Iterable[PipelineRun]) -> None:
    """Send runs to the workers once this request's transaction is committed."""
    for run in runs:
        # A merge in the same request expires all rows, and after the commit they cannot be read again.
        if inspect(run).expired_attributes:
            db().refresh(run)
        g.started.append(run)


def prepare_after_commit(sha256: str) -> None:
    """Have a stored document indexed and drawn once this request's transaction is committed."""
    g.stored.append(sha256)
