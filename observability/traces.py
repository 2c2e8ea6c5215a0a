"""Traces of OpenTelemetry: nothing of it is loaded, and nothing sent, unless PARTFLOW_TRACES_ENDPOINT is set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

import structlog

from settings import get_settings

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider

_DELAY_MS: Final = 1000
"Until spans are sent, so that a process that is killed loses few."

Kind = Literal["internal", "server", "client", "consumer"]

_log = structlog.get_logger()


@contextmanager
def span(name: str, kind: Kind = "internal", *, parent: str | None = None, **attributes: str | int) -> Iterator[None]:
    """Let the block be a span: a child of the current one or, where there is none, of `parent`, a traceparent of W3C.

    An error that leaves the block is named by its class only, since its words may hold what is secret.
    """
    provider = _provider()
    if provider is None:
        yield
        return
    from opentelemetry import trace

    with provider.get_tracer("partflow").start_as_current_span(
        name,
        _context(parent),
        trace.SpanKind[kind.upper()],
        attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        try:
            yield
        except Exception as error:
            current.set_status(trace.StatusCode.ERROR, type(error).__name__)
            raise


def traceparent() -> str | None:
    """Return the current span as a traceparent, for what goes on elsewhere; None when there is none."""
    if _provider() is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent")


def flush() -> None:
    """Send what is not sent yet; call it before a process ends."""
    provider = _provider()
    if provider is not None:
        provider.force_flush()


def _context(parent: str | None) -> Context | None:
    from opentelemetry import trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    if parent is None or trace.get_current_span().get_span_context().is_valid:
        return None
    return TraceContextTextMapPropagator().extract({"traceparent": parent})


def _provider() -> TracerProvider | None:
    endpoint = get_settings().traces.endpoint
    return _make_provider(str(endpoint)) if endpoint else None


@cache
def _make_provider(endpoint: str) -> TracerProvider | None:
    """Make what sends the spans of this process."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        _log.warning("traces are not sent; install the extra 'traces'", endpoint=endpoint)
        return None
    provider = TracerProvider(resource=Resource.create({"service.name": "partflow"}))
    exporter = OTLPSpanExporter(endpoint)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=_DELAY_MS))
    return provider
