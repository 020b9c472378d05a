"""What a mail looks like, and that nothing can be smuggled into its headers."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from pydantic import SecretStr, ValidationError

from lumiku.mail.errors import MailRefused
from lumiku.mail.message import message
from lumiku.mail.settings import MailSettings
from lumiku.mail.texts import _TEXTS, Letter, write_letter

NOW = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)
SETTINGS = MailSettings(sender="lumiku@shop.example", sender_name="Toko Lumiku")
FACTS = {
    "link": "https://shop.example/reset-password#token=abc",
    "expires": "2026-11-05 13:00",
    "account": "https://shop.example/account",
    "app": "https://shop.example/apps/background-remover",
    "total": "3",
    "done": "2",
    "failed": "1",
}


@pytest.mark.parametrize(("kind", "language"), _TEXTS)
def test_every_letter_is_plain_text_with_its_link(kind: str, language: str) -> None:
    letter = write_letter(kind, language, FACTS)
    data = message(SETTINGS, "cat@example.com", letter, key="k", now=NOW)
    assert data.isascii()
    assert max(map(len, data.splitlines())) <= 998
    read = message_from_bytes(data, policy=policy.default)
    assert read["From"] == "Toko Lumiku <lumiku@shop.example>"
    assert read["To"] == "cat@example.com"
    assert read["Subject"] == letter.subject
    assert read["Content-Language"] == language
    assert read["Date"].datetime == NOW
    assert read.get_content_type() == "text/plain"
    assert "https://shop.example/" in read.get_content()
    assert "{" not in read.get_content()


def test_both_languages_have_the_same_letters() -> None:
    kinds = {language: {kind for kind, each in _TEXTS if each == language} for language in ("en", "id")}
    assert kinds["en"] == kinds["id"]


def test_the_same_key_gives_the_same_message_id() -> None:
    letter = Letter("en", "s", "b\n")
    first, twin, other = [
        message_from_bytes(message(SETTINGS, "a@example.com", letter, key=key, now=NOW))["Message-ID"]
        for key in ("k", "k", "other")
    ]
    assert first == twin != other


@pytest.mark.parametrize(
    "to",
    [
        "cat@example.com\r\nBcc: dog@example.com",
        "cat@example.com\nBcc: dog@example.com",
        "cat@example.com, dog@example.com",
        "",
        "Cat <cat@example.com>",
    ],
)
def test_an_address_cannot_bring_headers_along(to: str) -> None:
    with pytest.raises(MailRefused):
        message(SETTINGS, to, Letter("en", "s", "b"), key="k", now=NOW)


def test_a_subject_cannot_bring_headers_along() -> None:
    with pytest.raises(MailRefused):
        message(SETTINGS, "a@example.com", Letter("en", "s\r\nBcc: d@e.com", "b"), key="k", now=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sender": "nobody"},
        {"sender": "a@b.com\nBcc: c@d.com"},
        {"sender_name": "Me\nBcc: c@d.com"},
        {"username": "me"},
        {"host": "mail.example.com", "security": "none", "username": "me", "password": "x"},
    ],
)
def test_settings_that_cannot_be(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        MailSettings.model_validate(wrong)


def test_neither_password_nor_link_shows() -> None:
    settings = MailSettings(host="m.example", username="me", password=SecretStr("hush-hush"))
    assert "hush-hush" not in repr(settings)
    assert "token=" not in repr(write_letter("password_reset", "en", FACTS))
