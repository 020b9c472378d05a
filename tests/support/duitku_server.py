"""Duitku on loopback: makes invoices, answers how they stand, and misbehaves as it is told."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from lumiku.payments.settings import DuitkuSettings, PaymentsSettings

MERCHANT = "DS1234"
KEY = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def form(order: str, amount: object, /, *, result: str = "00", **changes: str) -> dict[str, str]:
    """What Duitku posts, signed; `changes` replace fields after signing."""
    fields = {
        "merchantCode": MERCHANT,
        "amount": str(amount),
        "merchantOrderId": order,
        "productDetail": "1,500 credits",
        "additionalParam": "",
        "paymentCode": "VC",
        "resultCode": result,
        "merchantUserId": "somebody@example.com",
        "reference": "DS1234PAYMENT",
        "signature": md5(f"{MERCHANT}{amount}{order}{KEY}"),
    }
    return {**fields, **changes}


def body(order: str, amount: object, /, *, result: str = "00", **changes: str) -> bytes:
    return urlencode(form(order, amount, result=result, **changes)).encode()


@dataclass
class Duitku(ThreadingHTTPServer):
    """What it knows of orders, by their ids; `trouble` is how it misbehaves."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    standing: dict[str, str] = field(default_factory=dict)  # order -> statusCode
    amounts: dict[str, int] = field(default_factory=dict)  # that were paid, where not the order's
    trouble: str = ""
    asked: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)

    __hash__ = object.__hash__
    daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def settings(self, **changes: Any) -> PaymentsSettings:
        there = DuitkuSettings(
            merchant_code=MERCHANT,
            api_key=SecretStr(KEY),
            url=self.url,
            timeout_s=changes.pop("timeout_s", 5),
        )
        return PaymentsSettings(gateway="duitku", duitku=there, **changes)

    def pays(self, order: str, amount: int) -> None:
        """From now on it says so when it is asked."""
        self.orders.setdefault(order, {"paymentAmount": amount})
        self.standing[order], self.amounts[order] = "00", amount

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    server: Duitku

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(self.path)
        if self._misbehaves():
            return
        given = json.loads(sent)
        if self.path == "/api/merchant/createInvoice":
            self._create(given)
        elif self.path == "/api/merchant/transactionStatus":
            self._stand(given)
        else:
            self._send(404, b"{}")

    def do_GET(self) -> None:
        """The page that payers are sent to."""
        page = '<!doctype html><link rel="icon" href="data:,"><title>Duitku</title><h1>Pay here</h1>'
        self._send(200 if self.path.startswith("/pay/") else 404, page.encode())

    def _create(self, given: dict[str, Any]) -> None:
        stamp = self.headers["x-duitku-timestamp"]
        signed = hashlib.sha256(f"{MERCHANT}{stamp}{KEY}".encode()).hexdigest()
        fresh = abs(int(stamp) / 1000 - time.time()) < 365 * 86_400  # tests freeze their clocks
        if self.headers["x-duitku-signature"] != signed or not fresh:
            self._send(401, b'{"Message": "Wrong signature"}')
            return
        self.server.orders[given["merchantOrderId"]] = given
        answer = {
            "merchantCode": MERCHANT,
            "reference": f"DS1234{len(self.server.orders):06}",
            "paymentUrl": f"{self.server.url}/pay/{given['merchantOrderId']}",
            "statusCode": "00",
            "statusMessage": "SUCCESS",
        }
        self._send(200, json.dumps(answer).encode())

    def _stand(self, given: dict[str, Any]) -> None:
        order = given["merchantOrderId"]
        if given["signature"] != md5(f"{MERCHANT}{order}{KEY}"):
            self._send(401, b'{"Message": "Wrong signature"}')
            return
        if order not in self.server.orders:
            self._send(404, b'{"Message": "Transaction not found"}')
            return
        answer = {
            "merchantOrderId": order,
            "reference": "DS1234PAYMENT",
            "amount": str(self.server.amounts.get(order, self.server.orders[order]["paymentAmount"])),
            "fee": "0.00",
            "statusCode": self.server.standing.get(order, "01"),
            "statusMessage": "",
        }
        self._send(200, json.dumps(answer).encode())

    def _misbehaves(self) -> bool:
        plays = {
            "500": (500, b'{"statusCode": "00"}'),
            "refuses": (400, b'{"Message": "Invalid merchant"}'),
            "garbage": (200, b"<html>maintenance</html>"),
            "list": (200, b"[]"),
            "no-url": (200, b'{"statusCode": "00", "reference": "x"}'),
            "script": (200, b'{"statusCode": "00", "reference": "x", "paymentUrl": "javascript:alert(1)"}'),
            "huge": (200, b'{"x": "' + b"y" * 1_000_000 + b'"}'),
            "other": (200, b'{"statusCode": "00", "merchantOrderId": "another", "amount": "1"}'),
        }
        if self.server.trouble == "silent":
            self.server.closing.wait(60)
            return True
        if self.server.trouble == "hangs up":
            self.connection.close()
            return True
        if self.server.trouble in plays:
            self._send(*plays[self.server.trouble])
            return True
        return False

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def duitku_server() -> Iterator[Duitku]:
    server = Duitku()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
