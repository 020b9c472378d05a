"""An invoice as a page that prints well; once it is paid, it is the receipt. It runs no script."""

import re
from collections.abc import Mapping
from datetime import datetime
from html import escape
from importlib.resources import files
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import HTMLResponse

from lumiku.accounts.model import User
from lumiku.accounts.repository import find_user
from lumiku.api.page_policy import hash_of
from lumiku.payments.model import Invoice
from lumiku.settings import Settings

_TEMPLATE: Final = (files("lumiku.api") / "pages" / "invoice.html").read_text("utf-8")
_SIGNS: Final = {"IDR": "Rp"}  # what was charged, whatever currency prices are shown in
_PLACE: Final = re.compile(r"\{(\w+)\}")
_POLICY: Final = (
    f"default-src 'none'; style-src {hash_of(_TEMPLATE, 'style')}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "invoice": "Invoice",
        "receipt": "Receipt",
        "from": "From",
        "to": "To",
        "date": "Date",
        "due": "Pay until",
        "paid_on": "Paid on",
        "refunded_on": "Refunded on",
        "by": "Paid by",
        "what": "Description",
        "amount": "Amount",
        "total": "Total",
        "refund": "Refunded",
        "kept": "Total after refund",
        "how": "How to pay",
        "online": "Pay at",
        "id": "Payment",
        "pending": "Unpaid",
        "paid": "Paid",
        "expired": "Expired",
        "cancelled": "Cancelled",
        "refunded": "Refunded",
        "manual": "Transfer",
        "duitku": "Duitku",
    },
    "id": {
        "invoice": "Faktur",
        "receipt": "Kuitansi",
        "from": "Dari",
        "to": "Kepada",
        "date": "Tanggal",
        "due": "Bayar sebelum",
        "paid_on": "Dibayar pada",
        "refunded_on": "Dikembalikan pada",
        "by": "Dibayar melalui",
        "what": "Keterangan",
        "amount": "Jumlah",
        "total": "Total",
        "refund": "Dikembalikan",
        "kept": "Total setelah pengembalian",
        "how": "Cara membayar",
        "online": "Bayar di",
        "id": "Pembayaran",
        "pending": "Belum dibayar",
        "paid": "Lunas",
        "expired": "Kedaluwarsa",
        "cancelled": "Dibatalkan",
        "refunded": "Dikembalikan",
        "manual": "Transfer",
        "duitku": "Duitku",
    },
}


async def invoice_page(tx: AsyncConnection, invoice: Invoice, settings: Settings) -> HTMLResponse:
    """The page, in the payer's language."""
    payer = await find_user(tx, invoice.user_id)
    return HTMLResponse(render(invoice, payer, settings), headers={"Content-Security-Policy": _POLICY})


def render(invoice: Invoice, payer: User, settings: Settings) -> str:
    """Its HTML; whatever people or settings say in it is text."""
    words = _WORDS[payer.language]
    money = _Money(_SIGNS.get(invoice.currency, invoice.currency), payer.language)
    text = {
        "language": payer.language,
        "title": words["receipt" if invoice.paid_at else "invoice"],
        "number": invoice.number,
        "state": invoice.status,
        "state_name": words[invoice.status],
        "what_label": words["what"],
        "amount_label": words["amount"],
        "what": invoice.description,
        "amount": money.of(invoice.amount),
        "id_label": words["id"],
        "id": str(invoice.id),
    }
    parts = {name: escape(value) for name, value in text.items()}
    parts["sums"] = _sums(invoice, words, money)
    parts["facts"] = _facts(invoice, payer, words, settings)
    parts["note"] = _note(invoice, words, settings)
    return _PLACE.sub(lambda place: parts[place[1]], _TEMPLATE)  # once, whatever stands in the parts


class _Money:
    """Whole amounts as a language writes them."""

    def __init__(self, sign: str, language: str) -> None:
        self._sign = sign
        self._separator = "." if language == "id" else ","

    def of(self, amount: int) -> str:
        return f"{self._sign} {amount:,}".replace(",", self._separator)


def _sums(invoice: Invoice, words: Mapping[str, str], money: _Money) -> str:
    if invoice.refunded_amount is None:
        return _sum(words["total"], money.of(invoice.amount), total=True)
    kept = invoice.amount - invoice.refunded_amount
    return (
        _sum(words["total"], money.of(invoice.amount))
        + _sum(words["refund"], "-" + money.of(invoice.refunded_amount))
        + _sum(words["kept"], money.of(kept), total=True)
    )


def _sum(label: str, amount: str, *, total: bool = False) -> str:
    kind = ' class="total"' if total else ""
    return f"<tr{kind}><td>{escape(label)}</td><td>{escape(amount)}</td></tr>\n"


def _facts(invoice: Invoice, payer: User, words: Mapping[str, str], settings: Settings) -> str:
    name = f"{payer.name}\n{payer.email}" if payer.name else payer.email
    facts = [(words["from"], settings.payments.seller), (words["to"], name)]
    facts.append((words["date"], _day(invoice.created_at)))
    if invoice.status == "pending":
        facts.append((words["due"], _minute(invoice.expires_at)))
    if invoice.paid_at:
        by = invoice.paid_by or invoice.gateway
        facts += [(words["paid_on"], _day(invoice.paid_at)), (words["by"], words.get(by, by))]
    if invoice.refunded_at:
        facts.append((words["refunded_on"], _day(invoice.refunded_at)))
    return "\n".join(
        f"<div><h2>{escape(label)}</h2><p>{escape(value)}</p></div>" for label, value in facts if value
    )


def _note(invoice: Invoice, words: Mapping[str, str], settings: Settings) -> str:
    if invoice.status != "pending":
        return ""
    if invoice.payment_url:
        address = escape(invoice.payment_url)
        return f'<p class="note">{escape(words["online"])} <a href="{address}">{address}</a></p>'
    if invoice.gateway == "manual" and settings.payments.instructions:
        how = f"{words['how']}:\n{settings.payments.instructions}"
        return f'<p class="note">{escape(how)}</p>'
    return ""


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")
