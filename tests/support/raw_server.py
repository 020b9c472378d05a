"""A web server on loopback that answers exactly the bytes it is told to."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable

Answer = Callable[[socket.socket], None]


class RawServer:
    """Answers each path with its own play; remembers every request's head."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.heads: list[str] = []
        self.answers: dict[str, Answer] = {}
        self.names: list[str | None] = []
        self.closing = threading.Event()
        self._tls = tls
        if tls is not None:
            tls.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def will(self, path: str, status: str, body: bytes = b"", **headers: str) -> str:
        """Answer `path` with a whole response; returns its address."""
        head = {
            "Content-Length": str(len(body)),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        return self.will_play(path, lambda peer: peer.sendall("\r\n".join(lines).encode() + body))

    def will_play(self, path: str, answer: Answer) -> str:
        self.answers[path] = answer
        return self.url(path)

    def close(self) -> None:
        self.closing.set()
        # Wakes the thread that waits in accept().
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def _serve(self) -> None:
        while not self.closing.is_set():
            peer, _ = self._listener.accept()
            thread = threading.Thread(target=self._answer, args=(peer,))
            self._threads.append(thread)
            thread.start()

    def _answer(self, peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError):
            peer.settimeout(10)
            stream = peer if self._tls is None else self._tls.wrap_socket(peer, server_side=True)
            with stream:
                head = b""
                while b"\r\n\r\n" not in head and (chunk := stream.recv(4096)):
                    head += chunk
                if not head:
                    return
                self.heads.append(head.decode())
                self.answers[head.split(b" ", 2)[1].decode()](stream)
