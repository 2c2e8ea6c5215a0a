"""The one place where errors become answers."""

import math
from typing import Any

import structlog
from flask import Flask, Response, request
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestedRangeNotSatisfiable,
    RequestEntityTooLarge,
)

from api.http.constraints import sentence
from api.http.statuses import STATUS
from api.http.transaction import app
from clients.object_store import StoreMissing
from models.locks import is_locked
from schemas import errors
from schemas.problem import ErrorCode, Problem
from settings.groups import ApiSettings

_AWAY = "the database or the object store is not available; try again in a few seconds"
_FULL = "the server's disk is full, or cannot be written to; free some room on it, and send the request again"
_LOCKED = "another change holds what this one needs; try again in a few seconds"
_CODES = {status: code for code, status in STATUS.items()}

_log = structlog.get_logger()


def handle_api_errors(flask: Flask) -> None:
    """Answer every error as a Problem: no HTML, no traceback."""
    flask.register_error_handler(errors.DomainError, _refused)
    flask.register_error_handler(errors.Transient, _unavailable)
    flask.register_error_handler(errors.Permanent, _unavailable)
    flask.register_error_handler(StoreMissing, _missing)
    flask.register_error_handler(OperationalError, _unavailable)
    flask.register_error_handler(OSError, _of_the_disk)
    flask.register_error_handler(PoolTimeout, _unavailable)
    flask.register_error_handler(IntegrityError, _collided)
    flask.register_error_handler(DataError, _unstorable)
    flask.register_error_handler(HTTPException, _http)
    flask.register_error_handler(Exception, _unexpected)


def problem(code: ErrorCode, sentence: str, **details: Any) -> Response:
    """Return a Problem as a response."""
    body = Problem(error=sentence, details=details, code=code).model_dump_json()
    return Response(body, STATUS[code], mimetype="application/json")


def _refused(error: errors.DomainError) -> Response:
    answer = problem(error.code, error.message, **error.details)
    if isinstance(error, errors.Exhausted):
        answer.headers["Retry-After"] = str(math.ceil(error.retry_after))
    return answer


def _unavailable(error: Exception, sentence: str = _AWAY) -> Response:
    _log.warning("cannot answer just now", path=request.path, error=str(error))
    answer = problem(ErrorCode.UNAVAILABLE, _LOCKED if is_locked(error) else sentence)
    answer.headers["Retry-After"] = "5"
    return answer


def _of_the_disk(error: OSError) -> Response:
    return _unavailable(error, _FULL) if errors.disk_error(error) else _unexpected(error)


def _missing(error: StoreMissing) -> Response:
    _log.error("an object is missing", path=request.path, error=str(error))
    return problem(
        ErrorCode.NOT_FOUND, "its bytes are not in the object store any more; hand it in again", reason=error.code
    )


def _collided(error: IntegrityError) -> Response:
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    _log.warning("refused by a constraint", path=request.path, constraint=constraint)
    return problem(ErrorCode.CONFLICT, sentence(constraint), constraint=constraint)


def _unstorable(error: DataError) -> Response:
    _log.info("a value cannot be stored", path=request.path, error=str(error.orig))
    return problem(
        ErrorCode.INVALID_INPUT, "a value holds characters that cannot be stored, or a number out of range; correct it"
    )


def _http(error: HTTPException) -> Response:
    status = error.code or STATUS[ErrorCode.INTERNAL]
    details = {"size": error.length} if isinstance(error, RequestedRangeNotSatisfiable) else {"path": request.path}
    answer = problem(_code(status), _sentence(error), **details)
    answer.status_code = status
    for name, value in error.get_headers():
        if name != "Content-Type":
            answer.headers[name] = value
    return answer


def _code(status: int) -> ErrorCode:
    return _CODES.get(status, ErrorCode.INVALID_INPUT if status < STATUS[ErrorCode.INTERNAL] else ErrorCode.INTERNAL)


def _sentence(error: HTTPException) -> str:
    match error:
        case NotFound():
            return f"there is nothing at {request.path}; GET / shows what there is"
        case MethodNotAllowed():
            possible = ", ".join(sorted(error.valid_methods or ()))
            return f"{request.method} is not possible at {request.path}; possible: {possible}"
        case RequestedRangeNotSatisfiable():
            return f"the document has {error.length} bytes, and none of those asked for; ask for others"
        case RequestEntityTooLarge():
            return too_large(app().settings.api)
        case _:
            return error.description or error.name


def too_large(api: ApiSettings) -> str:
    """Say which settings limit a request."""
    return (
        f"the request is too large: PARTFLOW_API_MAX_UPLOAD_MB allows {api.max_upload_mb} MB, for photos "
        f"PARTFLOW_API_MAX_BATCH_MB {api.max_batch_mb} MB and PARTFLOW_API_MAX_PHOTOS {api.max_photos} "
        "photos; send less at once"
    )


def _unexpected(error: Exception) -> Response:
    _log.error("unexpected error", path=request.path, method=request.method, exc_info=error)
    return problem(ErrorCode.INTERNAL, "the server failed; its log has the cause, and the request changed nothing")
