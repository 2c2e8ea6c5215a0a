"""A large file up and down: how much the memory of the API's process grows."""

import hashlib
import io
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.served import Served, serve
from cli.migrate import migrate
from embedded import private_postgres

_MEGABYTES, _QUICK_MEGABYTES = 200, 50
_WARM_BYTES = 2_000_000
_LIMIT_MB = 40
_CHUNK = 1 << 18


def run(*, quick: bool) -> dict[str, Any]:
    """Upload a sound PDF of 200 MB, download it, and compare what came with what went."""
    with private_postgres() as url, tempfile.TemporaryDirectory() as folder:
        migrate(url)
        with serve(Path(folder), DATABASE_URL=url) as server:
            part = httpx2.post(  # a part to hang it on
                f"{server.address}/pipelines/part-intake/runs", json={"manufacturer_code": "NE555P"}, trust_env=False
            ).json()["runs"][0]["part"]
            return measure(server, part, (_QUICK_MEGABYTES if quick else _MEGABYTES) * 1_000_000)


def measure(server: Served, part: str, size: int) -> dict[str, Any]:
    """Return figures and checks for one file of so many bytes, after a small one has warmed the server up."""
    _up_and_down(server, part, _WARM_BYTES)
    server.forget_peak()
    before = server.memory_mb()
    up, down, same = _up_and_down(server, part, size)
    grown = round(server.memory_mb("VmHWM") - before, 1)
    figures = {
        "file, MB": size // 1_000_000,
        "upload, s": up,
        "download, s": down,
        "memory before, MB": round(before, 1),
        "memory grown, MB": grown,
        "same bytes": same,
    }
    checks = [
        {"name": "memory grown, MB", "value": grown, "limit": _LIMIT_MB, "ok": grown < _LIMIT_MB},
        {"name": "same bytes", "value": same, "limit": True, "ok": same},
    ]
    return {"figures": figures, "checks": checks}


def _up_and_down(server: Served, part: str, size: int) -> tuple[float, float, bool]:
    sent, received = hashlib.sha256(), hashlib.sha256()
    with (
        tempfile.TemporaryFile() as file,
        httpx2.Client(base_url=server.address, timeout=300, trust_env=False) as client,
    ):
        for piece in large_pdf(size):
            sent.update(piece)
            file.write(piece)
        file.seek(0)
        began = time.monotonic()
        answer = client.post(f"/parts/{part}/documents", files={"file": ("large.pdf", file, "application/pdf")})
        answer.raise_for_status()
        up = time.monotonic() - began
        began = time.monotonic()
        with client.stream("GET", answer.json()["content"]) as content:
            for chunk in content.iter_bytes(_CHUNK):
                received.update(chunk)
        down = time.monotonic() - began
    return round(up, 2), round(down, 2), sent.digest() == received.digest()


def large_pdf(size: int) -> Iterator[bytes]:
    """Yield a sound PDF of about so many bytes: a page, and a stream that nothing refers to."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
    ]
    written, offsets = io.BytesIO(), []
    written.write(b"%PDF-1.7\n")
    for number, body in enumerate(objects, 1):
        offsets.append(written.tell())
        written.write(b"%d 0 obj%s endobj\n" % (number, body))
    offsets.append(written.tell())
    written.write(b"4 0 obj<</Length %d>>stream\n" % size)
    yield written.getvalue()
    filler = bytes(range(32, 127)) * (_CHUNK // 95)
    for start in range(0, size, len(filler)):
        yield filler[: size - start]
    end = b"\nendstream endobj\n"
    at = written.tell() + size + len(end)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    yield end + b"xref\n0 5\n0000000000 65535 f \n" + table
    yield b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % at
