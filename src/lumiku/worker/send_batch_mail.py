"""The task that tells a person by mail that a batch has ended."""

from datetime import timedelta
from uuid import UUID

from lumiku.accounts.hooks import MailKind
from lumiku.accounts.letters import recipient
from lumiku.bootstrap import Services
from lumiku.mail.deliver import Post, deliver, was_delivered
from lumiku.mail.texts import write_letter
from lumiku.removals.archive_key import archive_key
from lumiku.removals.report import find_report
from lumiku.storage.signing import sign_url

# Names that people gave stay out of mails, also as part of a link.
_FILE_NAME = "removed-batch.zip"


async def send_batch_mail(services: Services, *, key: str, user_id: UUID, batch_id: UUID) -> bool:
    """Send it once; False where there is no mail server, nobody who wants it, or it was sent before.

    The link is made now, and works without a login for as long as the settings say.

    Raises:
        MailUnavailable: try again later.
        MailRefused: the server will never take it.
    """
    settings, now = services.settings, services.clock()
    if settings.mail.host is None or await was_delivered(services.db, key):
        return False
    report = await find_report(services.db, batch_id)
    if report is None:
        return False
    kind: MailKind = "batch_completed" if report.processed_images else "batch_failed"
    to = await recipient(services.db, kind, user_id, settings=settings.accounts, now=now)
    if to is None:
        return False
    base, lifetime_s = settings.server.base_url.rstrip("/"), settings.mail.link_lifetime_s
    archive = archive_key(batch_id, report.created_at, services.secrets)
    path = sign_url(services.secrets, archive, _FILE_NAME, now=now, lifetime_s=lifetime_s)
    facts = {
        "link": base + path,
        "expires": f"{now + timedelta(seconds=lifetime_s):%Y-%m-%d %H:%M}",
        "account": f"{base}/account",
        "app": f"{base}/apps/background-remover",
        "total": str(report.total_images),
        "done": str(report.processed_images),
        "failed": str(report.failed_images),
    }
    letter = write_letter(kind, to.language, facts)
    return await deliver(services.db, settings.mail, Post(key, kind, user_id, to.email, letter), now=now)
