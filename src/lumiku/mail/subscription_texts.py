"""The words of mails about subscriptions, by what happened and the state after it."""

from collections.abc import Mapping
from typing import Final

# By event, or by event and state after it where that matters.
_WORDS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "en": {
        "subscribe": ("Your invoice", "An invoice for a month of the plan {plan} waits to be paid."),
        "pay": ("Your plan is paid", "A month of the plan {plan} was paid. It is paid for until {until}."),
        "upgrade": ("Your invoice", "An invoice for the change to a larger plan waits to be paid."),
        "pay_upgrade": ("Your plan has changed", "The change was paid. Your plan is now {plan}."),
        "downgrade": ("Your plan will change", "After {until} your plan will be {next}."),
        "keep_plan": ("Your plan stays", "The change of your plan was taken back; it stays {plan}."),
        "cancel": ("Your plan is cancelled", "You can use it until {until}, and reactivate it until then."),
        "cancel expired": ("Your subscription has ended", "It was cancelled. Nothing has to be paid."),
        "reactivate": ("Your plan goes on", "The cancellation was taken back. It is paid for until {until}."),
        "refund": ("A payment was refunded", "A month of your plan was refunded. Its state is now: {state}."),
        "refund_upgrade": ("A payment was refunded", "The change to a larger plan was refunded."),
        "grant": ("A plan was given to you", "You have the plan {plan} until {until}."),
        "revoke": (
            "Your plan has changed",
            "An administrator took back months that had been given to you. Its state is now: {state}.",
        ),
        "suspend": ("Your plan is suspended", "An administrator suspended it, so its quota cannot be used."),
        "resume": ("Your plan can be used again", "An administrator has ended its suspension."),
        "invoice": ("Your next month", "Your plan is paid for until {until}. The next invoice waits."),
        "time past_due": (
            "Your plan has not been renewed",
            "It was paid for until {until}. You can use it until {grace}; pay by then to keep it.",
        ),
        "time": ("Your subscription has ended", "It is no longer paid for. You can subscribe again."),
    },
    "id": {
        "subscribe": ("Tagihan Anda", "Tagihan untuk satu bulan paket {plan} menunggu pembayaran."),
        "pay": ("Paket Anda telah dibayar", "Satu bulan paket {plan} telah dibayar, berlaku hingga {until}."),
        "upgrade": ("Tagihan Anda", "Tagihan untuk pindah ke paket yang lebih besar menunggu pembayaran."),
        "pay_upgrade": ("Paket Anda telah berubah", "Perubahan telah dibayar. Paket Anda kini {plan}."),
        "downgrade": ("Paket Anda akan berubah", "Setelah {until} paket Anda menjadi {next}."),
        "keep_plan": ("Paket Anda tetap", "Perubahan paket dibatalkan; paket Anda tetap {plan}."),
        "cancel": ("Paket Anda dibatalkan", "Paket dapat dipakai, dan diaktifkan kembali, hingga {until}."),
        "cancel expired": ("Langganan Anda berakhir", "Langganan dibatalkan. Tidak ada yang perlu dibayar."),
        "reactivate": ("Paket Anda berlanjut", "Pembatalan dicabut. Paket berlaku hingga {until}."),
        "refund": ("Pembayaran dikembalikan", "Satu bulan paket Anda dikembalikan. Status kini: {state}."),
        "refund_upgrade": ("Pembayaran dikembalikan", "Perubahan ke paket lebih besar dikembalikan."),
        "grant": ("Paket diberikan kepada Anda", "Anda memiliki paket {plan} hingga {until}."),
        "revoke": (
            "Paket Anda berubah",
            "Administrator menarik kembali bulan yang diberikan kepada Anda. Status kini: {state}.",
        ),
        "suspend": (
            "Paket Anda ditangguhkan",
            "Administrator menangguhkannya; kuota tidak dapat dipakai.",
        ),
        "resume": ("Paket Anda dapat dipakai lagi", "Administrator telah mengakhiri penangguhannya."),
        "invoice": (
            "Bulan Anda berikutnya",
            "Paket berlaku hingga {until}. Tagihan berikutnya menunggu.",
        ),
        "time past_due": (
            "Paket Anda belum diperpanjang",
            "Paket berlaku hingga {until}, dan dapat dipakai hingga {grace}; bayar sebelum itu.",
        ),
        "time": ("Langganan Anda berakhir", "Paket tidak lagi dibayar. Anda dapat berlangganan lagi."),
    },
}
_FRAME: Final[Mapping[str, str]] = {
    "en": "{what}\n\nYour plan, its quota and its invoices are at\n\n{{link}}\n\nTimes are in UTC.\n",
    "id": "{what}\n\nPaket, kuota, dan tagihan Anda ada di\n\n{{link}}\n\nWaktu dalam UTC.\n",
}


def subscription_text(event: str, state: str, language: str) -> tuple[str, str]:
    """Subject and body, with places for facts: plan, state, until, next, grace and link."""
    words = _WORDS[language]
    subject, what = words.get(f"{event} {state}") or words[event]
    return subject, _FRAME[language].format(what=what)
