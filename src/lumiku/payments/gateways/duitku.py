"""Duitku: its hosted payment page, its signed callbacks, and its answer to how a payment stands.

Its interface: `createInvoice` with a signature in the headers, `transactionStatus` with one in the body, and
a callback as a form. The callback's signature covers merchant, amount and order, and nothing else: what
Duitku calls the payment is therefore no part of the proof, and our own order, which is paid once, is. What
became of the order is not covered either, so a callback only says when to ask.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import UUID

from lumiku.core.clock import Clock
from lumiku.core.errors import InvalidInput
from lumiku.payments.errors import GatewayRefused, GatewayUnavailable, SignatureRefused
from lumiku.payments.gateways.base import Addresses, Callback, Opened, Outcome, Report
from lumiku.payments.gateways.exchange import Answer, ask
from lumiku.payments.model import Invoice, Proof
from lumiku.payments.settings import DuitkuSettings

NAME: Final = "duitku"
_SUCCESS: Final = "00"
_REFUSED: Final = "the payment gateway does not take what it was asked"
_RESULTS: Final[Mapping[str, Outcome]] = {"00": "paid", "01": "failed"}
_STANDINGS: Final[Mapping[str, Outcome]] = {"00": "paid", "01": "pending", "02": "failed"}
_AMOUNT: Final = re.compile(r"[0-9]{1,12}(\.0{1,2})?", re.ASCII)
_MAX_FIELDS: Final = 100
_MAX_REFERENCE: Final = 200
_MAX_URL: Final = 2048


class DuitkuGateway:
    """One project at Duitku."""

    name = NAME
    signs_outcome = False

    def __init__(self, settings: DuitkuSettings, addresses: Addresses, clock: Clock) -> None:
        """Open nothing; the clock stamps what is signed."""
        self._settings: Final = settings
        self._addresses: Final = addresses
        self._clock: Final = clock

    async def open(self, invoice: Invoice, payer_email: str) -> Opened:
        """Ask for a page; Duitku wants the payer's address, and gets nothing else about them."""
        settings = self._settings
        stamp = str(int(self._clock().timestamp() * 1000))
        signed = f"{settings.merchant_code}{stamp}{self._key}"
        headers = {
            "x-duitku-signature": hashlib.sha256(signed.encode()).hexdigest(),
            "x-duitku-timestamp": stamp,
            "x-duitku-merchantcode": settings.merchant_code,
        }
        left_s = (invoice.expires_at - self._clock()).total_seconds()
        body = {
            "paymentAmount": invoice.amount,
            "merchantOrderId": str(invoice.id),
            "productDetails": invoice.description,
            "email": payer_email,
            "additionalParam": invoice.number,
            "itemDetails": [{"name": invoice.description, "price": invoice.amount, "quantity": 1}],
            "callbackUrl": self._addresses.callback(NAME),
            "returnUrl": self._addresses.back(invoice),
            "expiryPeriod": max(1, int(left_s // 60)),
        }
        told = _accepted(await self._ask("createInvoice", body, headers))
        if told.get("statusCode") != _SUCCESS:
            raise GatewayRefused(_REFUSED)
        reference, url = told.get("reference"), told.get("paymentUrl")
        if not (
            isinstance(reference, str) and 0 < len(reference) <= _MAX_REFERENCE and _is_page(url, settings)
        ):
            raise GatewayUnavailable("the payment gateway answers something that cannot be understood")
        return Opened(reference, str(url))

    def verify(self, callback: Callback) -> Report:
        """Check a form that came to our address; see the module on what its signature covers."""
        form = _form_of(callback.body)
        merchant, amount = form.get("merchantCode", ""), form.get("amount", "")
        order, signature = form.get("merchantOrderId", ""), form.get("signature", "")
        expected = _md5(f"{merchant}{amount}{order}{self._key}")
        genuine = hmac.compare_digest(signature.lower().encode(), expected.encode())
        ours = hmac.compare_digest(merchant.encode(), self._settings.merchant_code.encode())
        if not (genuine and ours):
            raise SignatureRefused("the signature is not the gateway's")
        outcome = _RESULTS.get(form.get("resultCode", ""))
        if outcome is None:
            raise InvalidInput("resultCode must be 00 or 01", field="resultCode")
        return self._report(order, outcome, amount)

    async def status(self, invoice: Invoice) -> Report:
        """Ask how the order stands."""
        order, merchant = str(invoice.id), self._settings.merchant_code
        body = {
            "merchantCode": merchant,
            "merchantOrderId": order,
            "signature": _md5(f"{merchant}{order}{self._key}"),
        }
        answer = await self._ask("transactionStatus", body, {})
        if answer.status == HTTPStatus.NOT_FOUND:  # nobody has begun to pay
            return Report(invoice.id, "pending", Proof(NAME, order, invoice.amount))
        told = _accepted(answer)
        outcome = _STANDINGS.get(str(told.get("statusCode")))
        if outcome is None or told.get("merchantOrderId") != order:
            raise GatewayUnavailable("the payment gateway answers something that cannot be understood")
        if outcome != "paid":
            return Report(invoice.id, outcome, Proof(NAME, order, invoice.amount))
        try:
            return self._report(order, outcome, str(told.get("amount")))
        except InvalidInput:
            raise GatewayUnavailable("the payment gateway names no amount") from None

    @property
    def _key(self) -> str:
        return self._settings.api_key.get_secret_value()

    async def _ask(self, what: str, body: Mapping[str, object], headers: Mapping[str, str]) -> Answer:
        url = f"{self._settings.base_url}/api/merchant/{what}"
        return await ask(url, body, headers=headers, timeout_s=self._settings.timeout_s)

    @staticmethod
    def _report(order: str, outcome: Outcome, amount: str) -> Report:
        if not _AMOUNT.fullmatch(amount):
            raise InvalidInput("amount must be a whole number of rupiah", field="amount")
        try:
            invoice_id = UUID(order)
        except ValueError:
            raise InvalidInput("merchantOrderId is none of ours", field="merchantOrderId") from None
        return Report(invoice_id, outcome, Proof(NAME, str(invoice_id), int(amount.partition(".")[0])))


def _accepted(answer: Answer) -> Mapping[str, Any]:
    if answer.status != HTTPStatus.OK:
        raise GatewayRefused(_REFUSED)
    return answer.body


def _md5(text: str) -> str:
    """What Duitku signs with: proof that somebody has the key."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _form_of(body: bytes) -> Mapping[str, str]:
    """The fields of a form, each of them once."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError:
        raise InvalidInput("the body is no form") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise InvalidInput("a field of the form is there twice")
    return form


def _is_page(url: object, settings: DuitkuSettings) -> bool:
    """Only TLS, except where the whole interface is reached without, as in tests."""
    schemes = ("https://", "http://") if settings.base_url.startswith("http://") else ("https://",)
    return (
        isinstance(url, str)
        and len(url) <= _MAX_URL
        and url.startswith(schemes)
        and url.isprintable()
        and " " not in url
        and url.isascii()
    )
