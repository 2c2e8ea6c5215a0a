"""Debian's nginx with the configuration that is deployed, on ports and in folders of the test."""

import os
import re
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

from tests.support.serving import free_port

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "deploy" / "nginx" / "partflow.conf.template"
HOST = "localhost"
_PATIENCE_SECONDS = 120
_MAIN = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/partflow.conf;
}}
"""


class Front(NamedTuple):
    """A running nginx: its address, the port that leads to it, and what its certificate is checked with."""

    port: int
    plain_port: int
    trust: ssl.SSLContext
    site: Path
    "the folder of the front end's files"

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"https://{HOST}:{self.port}"

    def client(self, **headers: str) -> httpx2.Client:
        """Return a client that trusts its certificate."""
        return httpx2.Client(base_url=self.address, verify=self.trust, headers=headers, timeout=300, trust_env=False)


@contextmanager
def nginx(program: str, openssl: str, folder: Path, upstream: int) -> Iterator[Front]:
    """Serve before a server that listens on a port of this machine."""
    folder.mkdir()
    _certify(openssl, folder)
    (folder / "site" / "app").mkdir(parents=True)
    with free_port() as port, free_port() as plain:
        names = {"PARTFLOW_API": f"127.0.0.1:{upstream}", "PARTFLOW_FLOWER": "127.0.0.1:1", "PARTFLOW_HOST": HOST}
        places = {
            "listen 8443": f"listen 127.0.0.1:{port}",
            "listen 8080": f"listen 127.0.0.1:{plain}",
            "/etc/nginx/tls": str(folder),
            "/var/cache/nginx": str(folder),
            "/usr/share/nginx/partflow": str(folder / "site"),
        }
        text = re.sub(r"\$\{(\w+)\}", lambda found: names[found[1]], TEMPLATE.read_text("utf-8"))
        for place, ours in places.items():
            assert place in text
            text = text.replace(place, ours)
        (folder / "partflow.conf").write_text(text, "utf-8")
        main = folder / "nginx.conf"
        main.write_text(_MAIN.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""), "utf-8")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([program, "-p", str(folder), "-c", str(main)], stdout=log, stderr=log)
        try:
            trust = ssl.create_default_context(cafile=str(folder / "tls.crt"))
            front = Front(port, plain, trust, folder / "site" / "app")
            _wait(front, process, folder / "log")
            yield front
        finally:
            process.terminate()
            process.wait(_PATIENCE_SECONDS)


def _certify(openssl: str, folder: Path) -> None:
    name = ("-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}")
    files = ("-keyout", str(folder / "tls.key"), "-out", str(folder / "tls.crt"))
    words = (openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", *name, *files)
    subprocess.run(words, check=True, capture_output=True)


def _wait(front: Front, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    with front.client() as client:
        while True:
            try:
                client.get("/app/")
            except httpx2.TransportError:
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(log.read_text("utf-8", "replace"))
                time.sleep(0.05)
            else:
                return
