"""The words of our mails, in English and Indonesian.

No text holds a name or anything else that a stranger could have typed: an account can be made with somebody
else's address, and its mails must not carry the stranger's words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lumiku.mail.subscription_texts import subscription_text


@dataclass(frozen=True)
class Letter:
    """Subject and plain text of a mail."""

    language: str
    subject: str
    body: str = field(repr=False)  # may hold a link that sets a password


_TEXTS: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("password_reset", "en"): (
        "Set a new password",
        """Somebody asked for a new password for your Lumiku account. To set one, open

{link}

The link works once, until {expires} (UTC). If it was not you, ignore this mail: nothing has changed.
""",
    ),
    ("password_reset", "id"): (
        "Atur kata sandi baru",
        """Seseorang meminta kata sandi baru untuk akun Lumiku Anda. Untuk mengaturnya, buka

{link}

Tautan ini berlaku satu kali, hingga {expires} (UTC). Jika bukan Anda, abaikan email ini: tidak ada
yang berubah.
""",
    ),
    ("password_changed", "en"): (
        "Your password was changed",
        """The password of your Lumiku account was changed, and other sessions were ended.

If it was not you, set a new one at {link} and check your API keys.
""",
    ),
    ("password_changed", "id"): (
        "Kata sandi Anda telah diubah",
        """Kata sandi akun Lumiku Anda telah diubah, dan sesi lain telah diakhiri.

Jika bukan Anda, atur kata sandi baru di {link} dan periksa kunci API Anda.
""",
    ),
    ("already_registered", "en"): (
        "You already have an account",
        """Somebody tried to register at Lumiku with this address, or to give it to another account; but it
has an account already.

If it was you, log in; if you forgot the password, set a new one at {link}
If it was not you, ignore this mail: nothing has changed.
""",
    ),
    ("already_registered", "id"): (
        "Anda sudah memiliki akun",
        """Seseorang mencoba mendaftar di Lumiku dengan alamat ini, atau memakainya untuk akun lain; tetapi
alamat ini sudah memiliki akun.

Jika itu Anda, silakan masuk; jika lupa kata sandi, atur yang baru di {link}
Jika bukan Anda, abaikan email ini: tidak ada yang berubah.
""",
    ),
    ("confirm_registration", "en"): (
        "Confirm your address",
        """Somebody, probably you, registered at Lumiku with this address. To have the account, open

{link}

and enter the password that you chose. The link works once, until {expires} (UTC).

If you did not register, ignore this mail, and do not open the link: there is no account then.
""",
    ),
    ("confirm_registration", "id"): (
        "Konfirmasi alamat Anda",
        """Seseorang, mungkin Anda, mendaftar di Lumiku dengan alamat ini. Untuk mendapatkan akunnya, buka

{link}

dan masukkan kata sandi yang Anda pilih. Tautan ini berlaku satu kali, hingga {expires} (UTC).

Jika Anda tidak mendaftar, abaikan email ini dan jangan buka tautannya: tidak ada akun yang dibuat.
""",
    ),
    ("confirm_address", "en"): (
        "Confirm your new address",
        """Somebody, probably you, wants this address for a Lumiku account. To make the change, open

{link}

and enter the account's password. The link works once, until {expires} (UTC).

If it was not you, ignore this mail: nothing changes.
""",
    ),
    ("confirm_address", "id"): (
        "Konfirmasi alamat baru Anda",
        """Seseorang, mungkin Anda, ingin memakai alamat ini untuk sebuah akun Lumiku. Untuk mengubahnya, buka

{link}

dan masukkan kata sandi akun tersebut. Tautan ini berlaku satu kali, hingga {expires} (UTC).

Jika bukan Anda, abaikan email ini: tidak ada yang berubah.
""",
    ),
    ("address_changing", "en"): (
        "The address of your account is about to change",
        """Somebody who knows the password of your Lumiku account asked for another mail address for it. It
changes when the link in a mail to the new address is opened.

If it was not you, set a new password at {link} now: that stops the change.
""",
    ),
    ("address_changing", "id"): (
        "Alamat akun Anda akan berubah",
        """Seseorang yang mengetahui kata sandi akun Lumiku Anda meminta alamat email lain untuk akun itu.
Alamat berubah setelah tautan dalam email ke alamat baru dibuka.

Jika bukan Anda, segera atur kata sandi baru di {link}: itu membatalkan perubahannya.
""",
    ),
    ("batch_completed", "en"): (
        "Your pictures are ready",
        """Your batch has ended: {done} of {total} pictures are done, {failed} failed. You pay only
for those that are done.

Download them as one ZIP, without logging in, until {expires} (UTC):

{link}

Whoever has this link can download the pictures. You can switch these mails off at {account}
""",
    ),
    ("batch_completed", "id"): (
        "Gambar Anda sudah siap",
        """Batch Anda telah selesai: {done} dari {total} gambar berhasil, {failed} gagal. Anda hanya
membayar yang berhasil.

Unduh semuanya sebagai satu ZIP, tanpa masuk, hingga {expires} (UTC):

{link}

Siapa pun yang memiliki tautan ini dapat mengunduh gambarnya. Email seperti ini dapat dimatikan di {account}
""",
    ),
    ("batch_failed", "en"): (
        "Your batch failed",
        """Your batch has ended, but none of its {total} pictures came out. Nothing was charged for it.

The reason of each picture is shown at {app}

You can switch these mails off at {account}
""",
    ),
    ("batch_failed", "id"): (
        "Batch Anda gagal",
        """Batch Anda telah selesai, tetapi tidak satu pun dari {total} gambarnya berhasil. Tidak ada
biaya yang dikenakan.

Alasan untuk tiap gambar ditampilkan di {app}

Email seperti ini dapat dimatikan di {account}
""",
    ),
    ("webhook_disabled", "en"): (
        "A webhook was disabled",
        """One of your Lumiku webhooks took no event for a long time, or answered that it is gone (410),
so nothing is sent there any more.

Events that it missed are listed at {account} where you can enable it and send them again.
""",
    ),
    ("webhook_disabled", "id"): (
        "Sebuah webhook dinonaktifkan",
        """Salah satu webhook Lumiku Anda lama tidak menerima peristiwa, atau menjawab bahwa ia sudah
tidak ada (410), sehingga tidak ada lagi yang dikirim ke sana.

Peristiwa yang terlewat tercantum di {account} tempat Anda dapat mengaktifkannya dan mengirim ulang.
""",
    ),
}


def write_letter(kind: str, language: str, facts: Mapping[str, str]) -> Letter:
    """The letter of this kind; `facts` fill its places, such as `link`."""
    if kind == "subscription":
        subject, body = subscription_text(facts["event"], facts["state"], language)
    else:
        subject, body = _TEXTS[kind, language]
    return Letter(language, subject, body.format_map(facts))
