"""The mails about subscriptions over real SMTP, and the hourly task as the worker runs it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lumiku.accounts.profile import ProfileChange, update_profile
from lumiku.core.db import Database
from lumiku.core.settings import ServerSettings
from lumiku.mail.settings import MailSettings
from lumiku.queue.names import LOOK_AFTER_SUBSCRIPTIONS, SEND_MAIL
from lumiku.worker.tasks import WORK
from support.api import Server, services_for, settings_for
from support.database import query
from support.smtp_server import SmtpServer, running_smtp
from support.subscriptions import Subscriber

SEND = next(each.run for each in WORK if each.task == SEND_MAIL)
HOURLY = next(each for each in WORK if each.task == LOOK_AFTER_SUBSCRIPTIONS)


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    async with running_smtp() as server:
        yield server


@pytest.fixture
def server(db: Database, database_url: str, tmp_path: Path, smtp: SmtpServer) -> Server:
    mail = MailSettings(host="127.0.0.1", port=smtp.port, security="none", timeout_s=20)
    here = ServerSettings(data=tmp_path, public_url="https://cut.example/lumiku/")
    return Server(services_for(db, database_url, settings_for(tmp_path, mail=mail, server=here)))


def queued(url: str) -> list[dict[str, object]]:
    rows = query(
        url, "SELECT args FROM procrastinate_jobs WHERE args ->> 'kind' = 'subscription' ORDER BY id"
    )
    return [dict(args) for (args,) in rows]  # type: ignore[call-overload]


async def test_each_change_is_mailed_once_and_time_by_the_hourly_task(
    server: Server, database_url: str, smtp: SmtpServer
) -> None:
    services = server.services
    cat = await server.person("cat")
    await update_profile(services.db, cat.user.id, ProfileChange(language="id"))
    who = Subscriber(services.db, cat.user.id, services.clock(), services.settings)
    await who.pay(await who.subscribe("pro"))
    assert (HOURLY.cron or "").endswith(" * * * *")
    end = (await who.see()).paid_until
    assert end is not None
    for days in (-1, 1, 8):  # the invoice of the next month, the grace, the end
        now = end + timedelta(days=days)
        later = replace(services, clock=lambda now=now: now)
        for _ in range(2):
            await HOURLY.run(later, {})
    for task in queued(database_url):
        for _ in range(2):
            await SEND(services, task)
    subjects = [str(mail["Subject"]) for mail in smtp.mails]
    assert subjects == [
        "Tagihan Anda",
        "Paket Anda telah dibayar",
        "Bulan Anda berikutnya",
        "Paket Anda belum diperpanjang",
        "Langganan Anda berakhir",
    ]
    assert all(
        "https://cut.example/lumiku/apps/background-remover" in each.get_content() for each in smtp.mails
    )
