"""Asks one address over and over on some connections; prints the requests a second and their latencies."""

import argparse
import asyncio
import json
import sys
import time

import uvloop


class Connection(asyncio.Protocol):
    """One request at a time, the next as soon as the answer is whole."""

    def __init__(self, request: bytes, until: float, latencies_ms: list[float]) -> None:
        self._request = request
        self._until = until
        self._latencies_ms = latencies_ms
        self._buffer = b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._asked_at = time.perf_counter()
        self._transport.write(self._request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Go on once the answer is whole; the first one that is no 200 ends it all."""
        self._buffer += data
        head, whole, body = self._buffer.partition(b"\r\n\r\n")
        if not whole or len(body) < _length(head):
            return
        now = time.perf_counter()
        if not head.startswith(b"HTTP/1.1 200"):
            self.done.set_exception(SystemExit(head.decode("latin-1") + body.decode("utf-8", "replace")))
            self._transport.close()
            return
        self._latencies_ms.append((now - self._asked_at) * 1000)
        self._buffer = b""
        if now < self._until:
            self._ask()
        else:
            self._transport.close()
            self.done.set_result(None)


def _length(head: bytes) -> int:
    return int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])


async def load(port: int, path: str, token: str, connections: int, seconds: float) -> dict[str, float]:
    """Requests a second, and latencies in milliseconds."""
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *([f"Authorization: Bearer {token}"] if token else []),
    ]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    latencies: list[float] = []
    started = time.perf_counter()
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(
            lambda: Connection(request, started + seconds, latencies), "127.0.0.1", port
        )
        for _ in range(connections)
    ]
    await asyncio.gather(*(protocol.done for _, protocol in made))
    latencies.sort()
    took = time.perf_counter() - started
    return {
        "per_s": len(latencies) / took,
        "p50": latencies[len(latencies) // 2],
        "p95": latencies[int(len(latencies) * 0.95)],
        "p99": latencies[int(len(latencies) * 0.99)],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("--token", default="")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=4)
    given = parser.parse_args()
    measured = uvloop.run(load(given.port, given.path, given.token, given.connections, given.seconds))
    json.dump(measured, sys.stdout)
