"""Registering over HTTP where mail is sent: the same answers for all, a mail, a link, an account."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from lumiku.accounts.settings import AccountsSettings
from lumiku.core.db import Database
from lumiku.mail.settings import MailSettings
from lumiku.settings import Settings
from lumiku.worker.send_mail import send_account_mail
from support.api import ACCOUNTS, Server, services_for, settings_for
from support.people import PASSWORD
from support.smtp_server import SmtpServer, running_smtp

ADA = {"email": "ada@example.com", "password": PASSWORD, "name": "Ada", "language": "id"}


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    async with running_smtp() as server:
        yield server


@pytest.fixture
def mailing(db: Database, database_url: str, tmp_path: Path, smtp: SmtpServer) -> Server:
    mail = MailSettings(host="127.0.0.1", port=smtp.port, security="none")
    return Server(services_for(db, database_url, settings_for(tmp_path, mail=mail)))


async def send_mails(server: Server) -> None:
    """What a worker does with the queued ones."""
    async with server.services.db.transaction() as tx:
        queued = (await tx.execute(text("SELECT args FROM procrastinate_jobs ORDER BY id"))).scalars().all()
    for each in queued:
        await send_account_mail(
            server.services.db,
            server.services.settings,
            server.services.clock,
            key=each["key"],
            kind=each["kind"],
            subject_id=UUID(each["user_id"]),
        )


def token_in(smtp: SmtpServer) -> str:
    lines = smtp.mails[-1].get_content().splitlines()
    return next(line for line in lines if "/confirm#token=" in line).partition("#token=")[2]


async def test_from_registering_to_an_address_that_changed(mailing: Server, smtp: SmtpServer) -> None:
    async with mailing.client() as client:
        asked = await client.post("/api/auth/register", json=ADA)
        assert (asked.status_code, asked.json()) == (
            201,
            {"user": {"email": "ada@example.com", "name": "Ada"}, "confirmationRequired": True},
        )
        early = await client.post("/api/auth/login", json=ADA | {"session": "bearer"})
        assert early.status_code == 422  # of login, which knows no name
        given = {"email": ADA["email"], "password": PASSWORD}
        assert (await client.post("/api/auth/login", json=given)).status_code == 401
        await send_mails(mailing)
        assert (smtp.mails[-1]["To"], smtp.mails[-1]["Content-Language"]) == ("ada@example.com", "id")
        proof = {"token": token_in(smtp), "password": PASSWORD}
        confirmed = await client.post("/api/auth/confirm", json=proof)
        assert confirmed.status_code == 200, confirmed.text
        assert (await client.post("/api/auth/confirm", json=proof)).status_code == 400
        begun = await client.post("/api/auth/login", json=given)
        assert begun.json()["user"] == confirmed.json()["user"]
    async with mailing.client(begun.json()["token"]) as client:
        assert (await client.get("/api/credits/balance")).json()["balance"] == 100
        moving = await client.post("/api/auth/email", json={"email": "new@example.com", "password": PASSWORD})
        assert (moving.status_code, moving.json()) == (202, {"status": "ok"})
        export = (await client.get("/api/auth/export")).json()["export"]
        assert export["newAddresses"] == ["new@example.com"]
        await send_mails(mailing)
        assert [mail["To"] for mail in smtp.mails[1:]] == ["new@example.com", "ada@example.com"]
        smtp.raw.pop()
        proof = {"token": token_in(smtp), "password": PASSWORD}
        assert (await client.post("/api/auth/confirm", json=proof)).json()["user"][
            "email"
        ] == "new@example.com"
        assert (await client.get("/api/auth/profile")).json()["user"]["email"] == "new@example.com"


async def test_answers_for_known_and_unknown_addresses_are_the_same(mailing: Server) -> None:
    await mailing.person("ada")

    async def answers(email: str) -> list[Any]:
        seen = []
        async with mailing.client() as client:
            for path, body in (
                ("/api/auth/register", {"email": email, "password": "a stranger's one"}),
                ("/api/auth/login", {"email": email, "password": "a stranger's one"}),
                ("/api/auth/password/forgot", {"email": email}),
                ("/api/auth/register", {"email": email.upper(), "password": "a stranger's one"}),
            ):
                answer = await client.post(path, json=body)
                request_id = answer.headers["x-request-id"]
                headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
                seen.append((answer.status_code, headers, answer.text.replace(request_id, "").lower()))
        return seen

    known, unknown = await answers("ada@example.com"), await answers("bob@example.com")
    assert known == [(status, headers, body.replace("bob@", "ada@")) for status, headers, body in unknown]
    assert [status for status, *_ in known] == [201, 401, 202, 201]


async def test_without_mail_an_address_is_the_administrators_to_change(server: Server) -> None:
    async with (await server.person("ada")).client as client:
        refused = await client.post(
            "/api/auth/email", json={"email": "new@example.com", "password": PASSWORD}
        )
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN")


async def test_an_administrator_suspends_and_restores(server: Server) -> None:
    ada, root = await server.person("ada"), await server.person("root", admin=True)
    key = await ada.key("account:read")
    async with root.client as admin, ada.client as session, server.client(key) as program:
        for act, status, allowed in (("suspend", "suspended", 401), ("restore", "active", 200)):
            done = await admin.post(f"/api/admin/users/{ada.user.id}/{act}")
            assert (done.status_code, done.json()["user"]["status"]) == (200, status)
            assert (await program.get("/api/auth/profile")).status_code == allowed
            assert (await session.get("/api/auth/profile")).status_code == 401
        itself = await admin.post(f"/api/admin/users/{root.user.id}/suspend")
        assert (itself.status_code, itself.json()["error"]["code"]) == (409, "CONFLICT")


def test_whether_addresses_are_confirmed_follows_from_the_settings() -> None:
    mail = MailSettings(host="mail.example.org")
    never = AccountsSettings(confirm_address="never")
    always = AccountsSettings(confirm_address="always")
    assert not Settings(accounts=ACCOUNTS).confirms_addresses
    assert Settings(accounts=ACCOUNTS, mail=mail).confirms_addresses
    assert not Settings(accounts=never, mail=mail).confirms_addresses
    assert Settings(accounts=always, mail=mail).confirms_addresses
    with pytest.raises(ValidationError, match="LUMIKU_MAIL__HOST"):
        Settings(accounts=always)
