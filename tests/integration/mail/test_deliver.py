"""Mails over a real socket, once each."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import trustme
from pydantic import SecretStr
from sqlalchemy import text

from lumiku.accounts.hooks import MailKind
from lumiku.accounts.links import link_owner
from lumiku.bootstrap import account_hooks
from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.ids import new_id
from lumiku.core.settings import ServerSettings
from lumiku.mail.deliver import Post, deliver, forget_deliveries, was_delivered
from lumiku.mail.errors import MailRefused, MailTooLate, MailUnavailable
from lumiku.mail.settings import MailSettings
from lumiku.mail.texts import Letter
from lumiku.settings import Settings
from lumiku.worker.send_mail import send_account_mail
from support.database import query
from support.people import NOW, SETTINGS, People
from support.smtp_server import SmtpServer, running_smtp

LETTER = Letter("en", "Hello", "A line.\n.\n.leading dot\n")


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    async with running_smtp() as server:
        yield server


def mail_settings(smtp: SmtpServer, **more: object) -> MailSettings:
    given = {"host": "127.0.0.1", "port": smtp.port, "security": "none", "timeout_s": 20, **more}
    return MailSettings.model_validate(given)


@pytest.fixture
async def user_id(db: Database) -> AsyncIterator[UUID]:
    people = People(db)
    yield (await people.register("cat@example.com")).id
    people.passwords.close()


def post(user_id: UUID, key: str = "task-1") -> Post:
    return Post(key, "password_reset", user_id, "cat@example.com", LETTER)


async def test_a_mail_arrives_whole_and_once(db: Database, smtp: SmtpServer, user_id: UUID) -> None:
    settings = mail_settings(smtp)
    assert await deliver(db, settings, post(user_id), now=NOW)
    assert not await deliver(db, settings, post(user_id), now=NOW)
    assert await was_delivered(db, "task-1")
    (mail,) = smtp.mails
    assert mail["To"] == "cat@example.com"
    assert mail.get_content().replace("\r\n", "\n") == LETTER.body.replace("\n.", "\n..")


async def test_twins_of_a_task_send_one_mail(db: Database, smtp: SmtpServer, user_id: UUID) -> None:
    tries = [deliver(db, mail_settings(smtp), post(user_id), now=NOW) for _ in range(8)]
    assert sorted(await asyncio.gather(*tries)) == [False] * 7 + [True]
    assert len(smtp.mails) == 1


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "TEXT"])
@pytest.mark.parametrize("refusal", [("450 later", MailUnavailable), ("550 never", MailRefused)])
async def test_a_refused_mail_can_be_tried_again(
    db: Database, smtp: SmtpServer, user_id: UUID, command: str, refusal: tuple[str, type[Exception]]
) -> None:
    smtp.answers[command], error = refusal
    with pytest.raises(error):
        await deliver(db, mail_settings(smtp), post(user_id), now=NOW)
    assert not await was_delivered(db, "task-1")
    smtp.answers.clear()
    assert await deliver(db, mail_settings(smtp), post(user_id), now=NOW)
    assert len(smtp.mails) == 1


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT"])
async def test_a_connection_lost_before_the_text_loses_no_mail(
    db: Database, smtp: SmtpServer, user_id: UUID, command: str
) -> None:
    smtp.hang_up_on = command
    with pytest.raises(MailUnavailable):
        await deliver(db, mail_settings(smtp), post(user_id), now=NOW)
    smtp.hang_up_on = None
    assert await deliver(db, mail_settings(smtp), post(user_id), now=NOW)


async def test_a_connection_lost_after_the_text_sends_no_second_mail(
    db: Database, smtp: SmtpServer, user_id: UUID
) -> None:
    smtp.hang_up_on = "TEXT"
    with pytest.raises(MailUnavailable):
        await deliver(db, mail_settings(smtp), post(user_id), now=NOW)
    smtp.hang_up_on = None
    assert not await deliver(db, mail_settings(smtp), post(user_id), now=NOW)


async def test_no_server_there(db: Database, smtp: SmtpServer, user_id: UUID) -> None:
    for settings in (MailSettings(), mail_settings(smtp, port=1)):
        with pytest.raises(MailUnavailable):
            await deliver(db, settings, post(user_id), now=NOW)


async def test_a_login_that_is_refused_names_no_secret(db: Database, smtp: SmtpServer, user_id: UUID) -> None:
    smtp.answers["AUTH"] = "535 who is hush-hush?"
    settings = mail_settings(smtp, username="me", password=SecretStr("hush-hush"))
    with pytest.raises(MailUnavailable) as refused:
        await deliver(db, settings, post(user_id), now=NOW)
    assert "hush-hush" not in repr(refused.value)


async def test_starttls_is_demanded_and_the_certificate_checked(
    db: Database, smtp: SmtpServer, user_id: UUID, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    settings = mail_settings(smtp, security="starttls")
    with pytest.raises(MailUnavailable):  # the server does not offer it
        await deliver(db, settings, post(user_id), now=NOW)
    authority = trustme.CA()
    smtp.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(smtp.tls)
    with pytest.raises(MailUnavailable):  # nobody we trust has signed it
        await deliver(db, settings, post(user_id), now=NOW)
    assert smtp.raw == []
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    assert await deliver(db, settings, post(user_id), now=NOW)
    assert smtp.encrypted == [True]


async def test_old_deliveries_are_forgotten(db: Database, smtp: SmtpServer, user_id: UUID) -> None:
    await deliver(db, mail_settings(smtp), post(user_id), now=NOW)
    assert await forget_deliveries(db, now=NOW + timedelta(days=29)) == 0
    assert await forget_deliveries(db, now=NOW + timedelta(days=31)) == 1


async def test_a_reset_from_the_queue_to_the_new_password(
    db: Database, smtp: SmtpServer, user_id: UUID
) -> None:
    from lumiku.accounts.reset_password import reset_password

    people = People(db)
    settings = Settings(
        mail=mail_settings(smtp),
        accounts=SETTINGS,
        server=ServerSettings(public_url="https://cut.example/"),
    )
    sent = [
        await send_account_mail(db, settings, lambda: NOW, key=key, kind="password_reset", subject_id=whose)
        for key, whose in (("a", user_id), ("a", user_id), ("b", new_id()))
    ]
    assert sent == [True, False, False]
    (mail,) = smtp.mails
    before, token = next(line for line in mail.get_content().splitlines() if "#token=" in line).split(
        "#token="
    )
    assert before == "https://cut.example/reset-password"
    await reset_password(
        db, token, "a new password", passwords=people.passwords, hooks=people.effects.hooks(), now=NOW
    )
    await people.login("cat@example.com", "a new password")
    people.passwords.close()


async def test_links_an_hour_are_bounded(db: Database, smtp: SmtpServer, user_id: UUID) -> None:
    settings = Settings(mail=mail_settings(smtp), accounts=SETTINGS)
    sent = [
        await send_account_mail(
            db, settings, lambda: NOW, key=str(number), kind="password_reset", subject_id=user_id
        )
        for number in range(7)
    ]
    assert sent == [True] * 5 + [False] * 2
    assert len(smtp.mails) == 5


async def links_made(db: Database) -> int:
    async with db.transaction() as tx:
        return int((await tx.execute(text("SELECT count(*) FROM one_time_links"))).scalar_one())


async def test_a_reset_outlasts_an_outage_of_many_tries_with_one_link_that_works(
    db: Database, smtp: SmtpServer, user_id: UUID
) -> None:
    """Tries that failed made links too, until the sixth counted as too many and the mail was dropped."""
    settings = Settings(mail=mail_settings(smtp), accounts=SETTINGS)
    smtp.answers["RCPT"] = "450 greylisted"

    async def send() -> bool:
        return await send_account_mail(
            db, settings, lambda: NOW, key="a", kind="password_reset", subject_id=user_id
        )

    for _ in range(8):
        with pytest.raises(MailUnavailable):
            await send()
        assert await links_made(db) == 0
    smtp.answers.clear()
    assert await send()
    assert not await send()
    (mail,) = smtp.mails
    token = mail.get_content().partition("#token=")[2].split()[0]
    async with db.transaction() as tx:
        assert await link_owner(tx, token, "password_reset", now=NOW) == user_id


async def test_a_link_that_may_have_arrived_is_kept(db: Database, smtp: SmtpServer, user_id: UUID) -> None:
    settings = Settings(mail=mail_settings(smtp), accounts=SETTINGS)
    smtp.hang_up_on = "TEXT"
    with pytest.raises(MailUnavailable):
        await send_account_mail(db, settings, lambda: NOW, key="a", kind="password_reset", subject_id=user_id)
    assert await links_made(db) == 1


async def test_what_was_asked_for_so_long_ago_that_its_link_would_be_dead_is_not_sent(
    db: Database, smtp: SmtpServer, user_id: UUID, owner_url: str
) -> None:
    settings = Settings(mail=mail_settings(smtp), accounts=SETTINGS)
    kinds: tuple[MailKind, ...] = ("password_reset", "address_claimed", "password_changed")
    before = utc_now()
    async with db.transaction() as tx:
        for kind in kinds:
            await account_hooks(settings).queue_mail(tx, kind, user_id)
    found = query(owner_url, "SELECT args->>'wanted_until' FROM procrastinate_jobs ORDER BY id")
    reset, claimed, changed = (each and datetime.fromisoformat(str(each)) for (each,) in found)
    assert changed is None
    for until, lifetime_s in ((reset, SETTINGS.reset_link_ttl_s), (claimed, SETTINGS.confirm_link_ttl_s)):
        assert before <= until - timedelta(seconds=lifetime_s) <= utc_now()

    async def send(at: datetime) -> bool:
        return await send_account_mail(
            db,
            settings,
            lambda: at,
            key="a",
            kind="password_reset",
            subject_id=user_id,
            wanted_until=reset,
        )

    with pytest.raises(MailTooLate):
        await send(reset)
    assert (smtp.mails, await links_made(db)) == ([], 0)
    assert await send(reset - timedelta(seconds=1))
    assert not await send(reset)  # sent, so not too late


async def test_without_a_mail_server_the_task_does_nothing(db: Database, user_id: UUID) -> None:
    settings = Settings(accounts=SETTINGS)
    assert not await send_account_mail(
        db, settings, lambda: NOW, key="a", kind="password_reset", subject_id=user_id
    )
