"""A provider on loopback that answers as it is told, however badly."""

import socket
import struct
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Request(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes


Play = Callable[["Handler"], None]


class ProviderServer(ThreadingHTTPServer):
    """Plays one act for each request, in order; a request too many gets a 418."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[Request] = []
        self.plays: list[Play] = []
        self.closing = threading.Event()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/model"

    def will(self, *plays: Play) -> None:
        self.plays += plays

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the play."""

    @staticmethod
    def reply(body: bytes = b"", status: int = 200, **headers: str) -> Play:
        def play(handler: Handler) -> None:
            handler.send_response(status)
            for name, value in {"Content_Length": str(len(body)), **headers}.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(body)

        return play

    @staticmethod
    def reset() -> Play:
        def play(handler: Handler) -> None:
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()

        return play

    @staticmethod
    def drip(head: bytes, drop: bytes, pause_s: float = 0.02) -> Play:
        """Send `head` at once, then `drop` for ever."""

        def play(handler: Handler) -> None:
            handler.wfile.write(head)
            while not handler.server.closing.wait(pause_s):
                handler.wfile.write(drop)

        return play


class Handler(BaseHTTPRequestHandler):
    server: ProviderServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.server.requests.append(Request(self.path, headers, body))
            play = self.server.plays.pop(0) if self.server.plays else self.server.reply(status=418)
        play(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""
