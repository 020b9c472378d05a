"""The watch over queries that no index answers; it runs by itself at the end of every run with a database."""

from datetime import UTC, datetime

from lumiku.core.db import Database
from lumiku.core.idempotency import forget_expired
from support.index_watch import Watch, watching


def watch_with(*statements: str) -> Watch:
    return Watch(dict.fromkeys(statements, (None, "accounts/somewhere.py:1")))


def test_a_query_without_an_index_is_named_with_its_place(owner_url: str) -> None:
    watch = watch_with("SELECT id FROM users WHERE name = 'A'", "DELETE FROM sessions WHERE user_agent = 'x'")
    assert watch.complaints(owner_url) == [
        "accounts/somewhere.py:1: users is read whole for ((name)::text = 'A'::text)",
        "accounts/somewhere.py:1: sessions is read whole for ((user_agent)::text = 'x'::text)",
    ]


def test_queries_with_an_index_or_without_a_condition_are_not_named(owner_url: str) -> None:
    watch = watch_with("SELECT id FROM users WHERE lower(email) = 'a@b.c'", "SELECT count(*) FROM users")
    assert watch.complaints(owner_url) == []


async def test_statements_of_ours_are_noted_and_those_of_tests_are_not(db: Database) -> None:
    with watching() as watch:
        await forget_expired(db, datetime.now(UTC))
        async with db.transaction() as tx:
            await tx.exec_driver_sql("SELECT 1 FROM users WHERE name = 'A'")
    places = {place.partition(":")[0] for _, place in watch.seen.values()}
    assert places == {"core/idempotency.py"}
