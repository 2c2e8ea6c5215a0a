"""Talking to a running server."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
from pydantic import ValidationError

from embedded import running, token_path
from schemas.part import PartOut
from schemas.problem import Problem
from schemas.run import BatchOut, RunOut, RunPage, RunSummary, StartedRuns
from settings import get_settings
from settings.errors import PartflowError
from settings.groups import read_token

_TIMEOUT_SECONDS = 60


class ServerError(PartflowError):
    """The server cannot be reached, or cannot answer; the message is a sentence."""


class RequestRefused(ServerError):
    """The server refused the request; sending it again does not change that."""

    def __init__(self, message: str, status: int, details: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.status = status
        self.details = details


class Client:
    """The server's API as methods."""

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http

    def start_photos(self, photos: Sequence[Path], *, key: str | None = None) -> tuple[RunSummary, ...]:
        """Hand in photos; a run each, in their order."""
        with ExitStack() as files:
            upload = [("photo", (photo.name, files.enter_context(photo.open("rb")))) for photo in photos]
            headers = {"Idempotency-Key": key} if key else {}
            answer = self.ask("POST", "/pipelines/photo-intake/runs", files=upload, headers=headers)
        return StartedRuns.model_validate_json(answer.content).runs

    def run(self, run_id: UUID) -> RunOut:
        """Return a run."""
        return RunOut.model_validate_json(self.ask("GET", f"/pipelines/runs/{run_id}").content)

    def cancel(self, run_id: UUID) -> RunOut:
        """Ask a run to stop."""
        return RunOut.model_validate_json(self.ask("POST", f"/pipelines/runs/{run_id}/cancel").content)

    def resume(self, run_id: UUID, from_step: str | None) -> RunOut:
        """Let an ended run go on."""
        self.ask("POST", f"/pipelines/runs/{run_id}/resume", json={"from_step": from_step})
        return self.run(run_id)

    def batch(self, batch_id: UUID) -> BatchOut:
        """Return how far a batch is."""
        return BatchOut.model_validate_json(self.ask("GET", f"/pipelines/batches/{batch_id}").content)

    def runs(self, **filters: str | int | None) -> RunPage:
        """Return a page of runs, newest first."""
        asked = {name: value for name, value in filters.items() if value is not None}
        return RunPage.model_validate_json(self.ask("GET", "/pipelines/runs", params=asked).content)

    def part(self, id4: str) -> PartOut:
        """Return a part."""
        return PartOut.model_validate_json(self.ask("GET", f"/parts/{id4}").content)

    def ask(self, method: str, path: str, **request: Any) -> httpx2.Response:
        """Return the server's answer to a request.

        Raises:
            RequestRefused: the server refuses it.
            ServerError: it cannot be reached, or cannot answer.
        """
        with self._reaching():
            answer = self._http.request(method, path, **request)
        _must_be_good(answer, "application/json")
        return answer

    @contextmanager
    def stream(self, path: str) -> Iterator[Iterator[bytes]]:
        """Yield the bytes of a download as they come.

        Raises:
            RequestRefused: the server refuses it.
            ServerError: it cannot be reached, or stops in the middle of it.
        """
        with self._reaching(), self._http.stream("GET", path) as answer:
            if answer.is_error:
                answer.read()
            _must_be_good(answer, "application/jsonl", "text/csv")
            yield answer.iter_bytes()

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except httpx2.HTTPError as error:
            raise ServerError(
                f"no server answers at {self._http.base_url} ({error}); start one with: partflow up"
            ) from error


def _must_be_good(answer: httpx2.Response, *media_types: str) -> None:
    if not answer.is_error:
        says_nothing = answer.status_code == httpx2.codes.NO_CONTENT and answer.request.method == "DELETE"
        if not says_nothing and answer.headers.get("Content-Type", "").partition(";")[0] not in media_types:
            raise ServerError(f"{answer.url} is not a Partflow server; name one with --server")
        return
    sentence, details = _problem(answer)
    if answer.status_code == httpx2.codes.UNAUTHORIZED:
        sentence += " (the command line takes it from PARTFLOW_API_TOKEN, or from the folder that --data-dir names)"
    if answer.is_client_error:
        raise RequestRefused(sentence, answer.status_code, details)
    raise ServerError(f"the server said {answer.status_code}: {sentence}")


def _problem(answer: httpx2.Response) -> tuple[str, Mapping[str, Any]]:
    try:
        problem = Problem.model_validate_json(answer.content)
    except ValidationError:
        return f"the server said {answer.status_code}: {answer.reason_phrase}", {}
    return problem.error, problem.details


@contextmanager
def connect(server: str | None, data_dir: Path) -> Iterator[Client]:
    """Connect to a server: the one named, else the one that runs in the data folder.

    Raises:
        ServerError: neither is there.
    """
    if server is None:
        address = running(data_dir)
        if address is None:
            raise ServerError(f"nothing is running in {data_dir}; start it with: partflow up (or name a --server)")
        server = address.api
    headers = authorization(server, data_dir)
    with httpx2.Client(base_url=server, headers=headers, timeout=_TIMEOUT_SECONDS, trust_env=False) as http:
        yield Client(http)


def authorization(server: str, data_dir: Path) -> dict[str, str]:
    """Return the header with the token: the one of the settings, else that of the data folder if its server is meant.

    Raises:
        SettingsError: a token cannot be read.
    """
    token = get_settings().api.access_token()
    own, file = running(data_dir), token_path(data_dir)
    if token is None and own and own.api == server.rstrip("/") and file.is_file():
        token = read_token(file)
    return {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
