"""A file server that misbehaves on demand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

BODY = bytes(range(256)) * 4096 * 3
"""3 MiB: three blocks of the download."""


@dataclass
class FileServer:
    """Serves `body` under every path. Each request takes the next of `plan`; then `well_behaved`."""

    body: bytes = BODY
    etag: str | None = '"one"'
    plan: list[Callable[["FileServer", BaseHTTPRequestHandler], None]] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.requests.append((handler.path, dict(handler.headers)))
        (self.plan.pop(0) if self.plan else FileServer.well_behaved)(self, handler)

    def ranges(self) -> list[str | None]:
        return [headers.get("Range") for _, headers in self.requests]

    def well_behaved(self, handler: BaseHTTPRequestHandler) -> None:
        """Range and If-Range as RFC 9110 has them."""
        start = 0
        wanted = handler.headers.get("Range")
        if wanted and handler.headers.get("If-Range") in {None, self.etag}:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
        self.send(handler, 206 if start else 200, start)

    def send(
        self,
        handler: BaseHTTPRequestHandler,
        code: int,
        start: int = 0,
        stop: int | None = None,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Send `body` from `start`, breaking off at `stop` although more was announced."""
        body = self.body if body is None else body
        handler.send_response(code)
        handler.send_header("Content-Length", str(len(body) - start))
        if code == 206:
            handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        for name, value in (({"ETag": self.etag} if self.etag else {}) | (headers or {})).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body[start:stop])
        handler.close_connection = True


def status(code: int, **headers: str) -> Callable[[FileServer, BaseHTTPRequestHandler], None]:
    def behave(server: FileServer, handler: BaseHTTPRequestHandler) -> None:
        server.send(handler, code, body=b"no", headers={k.replace("_", "-"): v for k, v in headers.items()})

    return behave


def breaks_off(stop: int) -> Callable[[FileServer, BaseHTTPRequestHandler], None]:
    def behave(server: FileServer, handler: BaseHTTPRequestHandler) -> None:
        start = int((handler.headers.get("Range") or "bytes=0-").removeprefix("bytes=").rstrip("-"))
        server.send(handler, 206 if start else 200, start, stop)

    return behave
