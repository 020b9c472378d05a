"""The server on loopback, and a model whose only source it is."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from misbehaving_files import BODY, FileServer

from lumiku.engine.catalog import ModelSpec, UrlSource
from lumiku.engine.weights import fetch


@pytest.fixture
def server() -> Iterator[FileServer]:
    files = FileServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            files.answer(self)

        def log_message(self, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that is killed in the middle of a transfer is what some tests are about

    http = Quiet(("127.0.0.1", 0), Handler)
    files.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield files
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "BACKOFF_S", 0.01)


@pytest.fixture
def make_spec(server: FileServer) -> Callable[..., ModelSpec]:
    """A row like those of the catalogue, whose release lies on the server."""

    def make(**changes: object) -> ModelSpec:
        values: dict[str, object] = {
            "name": "toy",
            "family": "u2net",
            "file": "toy.onnx",
            "sha256": hashlib.sha256(BODY).hexdigest(),
            "size_bytes": len(BODY),
            "licence": "Apache-2.0",
            "homepage": "https://example.org/toy",
            "sources": (UrlSource(f"{server.url}/release/toy.onnx"),),
        }
        return ModelSpec(**(values | changes))  # type: ignore[arg-type]

    return make
