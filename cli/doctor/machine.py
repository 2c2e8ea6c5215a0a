"""Looking at this machine."""

import http.client
import json
import platform
import socket
from typing import Final

from api.http.disk import shortage
from cli.doctor.examination import Examination, Seen, broken, fine, warning
from clients.markings.recogniser import models_of_print
from embedded.stack import REACHED_AT
from schemas.errors import Permanent
from settings import Settings

_SECONDS: Final = 3
_OCR: Final = "install the extra 'ocr' (pip install 'partflow[ocr]'); its packages bring the models"


def _python(_settings: Settings) -> Seen:
    return fine(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")


def _disk(settings: Settings) -> Seen:
    short = shortage(settings)
    return (
        broken(short, "free some room; until then, photos and documents are refused") if short else fine("room enough")
    )


def _print(_settings: Settings) -> Seen:
    try:
        found = models_of_print()
    except Permanent as error:
        return warning(f"print on photos is not read: {error.detail}", _OCR)
    return fine(f"{len(found)} models")


def _port(settings: Settings) -> Seen:
    host, port = REACHED_AT.get(settings.api.host, settings.api.host), settings.api.port
    try:
        socket.create_connection((host, port), _SECONDS).close()
    except OSError:
        return fine(f"{settings.api.host}:{port} is free")
    if _is_ours(host, port):
        return fine(f"the API listens at {settings.api.host}:{port}")
    return broken(f"another program listens at {host}:{port}", "stop it, or set PARTFLOW_API_PORT")


def _is_ours(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=_SECONDS)
    try:
        connection.request("GET", "/health/ready")
        return "sandbox" in json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError, TypeError):
        return False
    finally:
        connection.close()


EXAMINATIONS: Final = (
    Examination("python", _python),
    Examination("disk", _disk),
    Examination("print on photos", _print),
    Examination("port of the API", _port),
)
