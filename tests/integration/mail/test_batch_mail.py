"""The mail that says that a batch has ended, over real SMTP, and its link into the real routes."""

import io
import json
import zipfile
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from lumiku.accounts.profile import ProfileChange, update_profile
from lumiku.core.db import Database
from lumiku.core.settings import ServerSettings
from lumiku.mail.errors import MailUnavailable
from lumiku.mail.settings import MailSettings
from lumiku.queue.names import SEND_MAIL
from lumiku.removals.finish import Ending, end_job
from lumiku.removals.read import jobs_of_batch
from lumiku.removals.retry import retry_job
from lumiku.storage.keys import new_key
from lumiku.worker.tasks import WORK
from support.api import Person, Server, services_for, settings_for
from support.database import query
from support.removals import batch_row, submit
from support.smtp_server import SmtpServer, running_smtp

SEND = next(each.run for each in WORK if each.task == SEND_MAIL)


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpServer]:
    async with running_smtp() as server:
        yield server


@pytest.fixture
def server(db: Database, database_url: str, tmp_path: Path, smtp: SmtpServer) -> Server:
    mail = MailSettings(host="127.0.0.1", port=smtp.port, security="none", timeout_s=20)
    here = ServerSettings(data=tmp_path, public_url="https://cut.example/lumiku/")
    return Server(services_for(db, database_url, settings_for(tmp_path, mail=mail, server=here)))


async def end(server: Server, job_id: UUID, status: str, content: bytes = b"result") -> None:
    services = server.services
    values: dict[str, Any] = {}
    if status == "completed":
        key = new_key("outputs", "png", services.clock())
        await services.storage.put(key, content)
        facts = {"crc32": zlib.crc32(content), "sha256": "0" * 64}
        values = {"result_key": key, "output_bytes": len(content), "metadata": facts}
    code = "UNREADABLE_IMAGE" if status == "failed" else None
    async with services.db.transaction() as tx:
        ending = Ending(job_id, status, None, code, "broken" if code else None, values)  # type: ignore[arg-type]
        assert await end_job(tx, ending, now=services.clock()) is not None


async def ended_batch(server: Server, person: Person, *statuses: str) -> UUID:
    """A batch whose pictures ended so."""
    services = server.services
    ids = await submit(services.db, services.storage, person.user.id, [b"x"] * len(statuses), batch=True)
    for job_id, status in zip(ids, statuses, strict=True):
        await end(server, job_id, status)
    found: UUID = (await batch_row(services.db, ids[0]))["id"]
    return found


def queued(url: str) -> list[dict[str, object]]:
    """Arguments of the mails in the queue."""
    rows = query(url, "SELECT args FROM procrastinate_jobs WHERE task_name = 'send_mail' ORDER BY id")
    return [dict(args) for (args,) in rows]  # type: ignore[call-overload]


async def test_a_batch_that_ended_is_told_once_with_a_link_that_works(
    server: Server, database_url: str, smtp: SmtpServer
) -> None:
    cat = await server.person("cat")
    batch_id = await ended_batch(server, cat, "completed", "failed", "completed")
    (task,) = queued(database_url)
    assert set(task) == {"key", "kind", "user_id", "batch_id"}
    for _ in range(2):
        await SEND(server.services, task)
    (mail,) = smtp.mails
    assert mail["To"] == "cat@example.com"
    text = mail.get_content()
    assert "2 of 3 pictures are done, 1 failed" in text
    link = next(line for line in text.splitlines() if "/storage/" in line)
    assert link.startswith("https://cut.example/lumiku/storage/background-remover/zips/")
    assert str(batch_id) not in link
    path = link.removeprefix("https://cut.example/lumiku")
    async with server.client() as anybody:
        answer = await anybody.get(path)
        assert answer.status_code == 200, answer.text
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.testzip() is None
            assert len(archive.namelist()) == 3  # two pictures and the manifest
            assert json.loads(archive.read("manifest.json"))["batch"]["id"] == str(batch_id)
        forged = urlsplit(path).path + "?" + urlsplit(path).query.replace("signature=", "signature=x")
        assert (await anybody.get(forged)).status_code == 403


async def test_in_indonesian_and_not_where_it_is_not_wanted(
    server: Server, database_url: str, smtp: SmtpServer
) -> None:
    cat, db = await server.person("cat"), server.services.db
    await update_profile(db, cat.user.id, ProfileChange(language="id"))
    await ended_batch(server, cat, "completed")
    await SEND(server.services, queued(database_url)[0])
    assert smtp.mails[0]["Subject"] == "Gambar Anda sudah siap"
    assert smtp.mails[0]["Content-Language"] == "id"
    await update_profile(db, cat.user.id, ProfileChange(mail_opt_out=True))
    await ended_batch(server, cat, "completed")
    await SEND(server.services, queued(database_url)[1])
    assert len(smtp.mails) == 1
    await SEND(server.services, {"key": "w", "kind": "webhook_disabled", "user_id": str(cat.user.id)})
    assert "https://cut.example/lumiku/account" in smtp.mails[1].get_content()  # this one is not optional


async def test_nothing_to_download_and_cancelled(server: Server, database_url: str, smtp: SmtpServer) -> None:
    cat = await server.person("cat")
    await ended_batch(server, cat, "failed", "failed")
    (task,) = queued(database_url)
    await SEND(server.services, task)
    (mail,) = smtp.mails
    assert mail["Subject"] == "Your batch failed"
    assert "/storage/" not in mail.get_content()
    await ended_batch(server, cat, "cancelled")
    assert queued(database_url) == [task]


async def test_a_server_that_refuses_for_now_gets_it_later_and_once(
    server: Server, database_url: str, smtp: SmtpServer
) -> None:
    cat = await server.person("cat")
    await ended_batch(server, cat, "completed")
    (task,) = queued(database_url)
    smtp.answers["RCPT"] = "450 later"
    with pytest.raises(MailUnavailable):
        await SEND(server.services, task)
    smtp.answers.clear()
    for _ in range(2):
        await SEND(server.services, task)
    assert len(smtp.mails) == 1


async def test_a_batch_that_runs_again_before_its_mail_went_out_is_told_of_at_its_end(
    server: Server, database_url: str, smtp: SmtpServer
) -> None:
    cat, services = await server.person("cat"), server.services
    batch_id = await ended_batch(server, cat, "completed", "failed")
    async with services.db.transaction() as tx:
        failed = (await jobs_of_batch(tx, cat.user.id, batch_id)).items[1].id
        await retry_job(tx, cat.user.id, failed, rules=services.settings, now=services.clock())
    (late,) = queued(database_url)
    await SEND(services, late)
    assert smtp.mails == []
    await end(server, failed, "completed")
    for task in queued(database_url):
        await SEND(services, task)
    (mail,) = smtp.mails
    assert "2 of 2 pictures are done, 0 failed" in mail.get_content()


async def test_events_of_jobs_and_batches_join_the_transaction_that_ends_them(
    server: Server, database_url: str
) -> None:
    cat = await server.person("cat")
    async with cat.client as client:
        events = ["removal.completed", "removal.failed", "batch.completed", "batch.cancelled"]
        await client.post("/api/webhooks", json={"url": "https://example.com/", "events": events})
    await ended_batch(server, cat, "completed", "failed", "cancelled")
    await ended_batch(server, cat, "cancelled")
    told = query(database_url, "SELECT event_type, payload FROM webhook_deliveries ORDER BY created_at, id")
    assert [kind for kind, _ in told] == [
        "removal.completed",
        "removal.failed",
        "batch.completed",
        "batch.cancelled",
    ]
    completed, failed, batch, _ = (dict(payload) for _, payload in told)  # type: ignore[call-overload]
    assert completed["job"]["status"] == "completed"
    assert completed["job"]["creditsUsed"] == 8
    assert failed["job"]["error"] == {"code": "UNREADABLE_IMAGE", "message": "broken"}
    assert (batch["batch"]["status"], batch["batch"]["cancelledImages"]) == ("partial", 1)
