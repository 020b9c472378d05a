"""What has expired goes: sessions, links, unproven addresses and counts of failed logins."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete

from lumiku.accounts.settings import AccountsSettings
from lumiku.accounts.tables import address_claims, login_failures, one_time_links, sessions
from lumiku.core.db import Database

_KEPT_AFTER_END: Final = timedelta(days=7)  # so that a person sees what happened lately


async def purge_expired(db: Database, *, settings: AccountsSettings, now: datetime) -> dict[str, int]:
    """Rows deleted, by table."""
    old_failure = now - timedelta(seconds=settings.lockout_window_s)
    statements = {
        "sessions": delete(sessions).where(
            (sessions.c.expires_at < now - _KEPT_AFTER_END) | (sessions.c.revoked_at < now - _KEPT_AFTER_END)
        ),
        "one_time_links": delete(one_time_links).where(one_time_links.c.expires_at < now - _KEPT_AFTER_END),
        "address_claims": delete(address_claims).where(address_claims.c.expires_at < now),
        "login_failures": delete(login_failures).where(login_failures.c.failed_at < old_failure),
    }
    gone = {}
    for table, statement in statements.items():
        async with db.transaction() as tx:
            gone[table] = (await tx.execute(statement)).rowcount
    return gone
