"""Migrating: from nothing, again, twice at once, and with a revision that fails."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent, indent

import psycopg
import pytest

from lumiku.core.db import DatabaseUnavailable
from lumiku.core.errors import InvalidInput
from lumiku.migrations.run import VERSIONS, MigrationFailed, migrate, packaged_revisions, pending, role_of
from support.database import query

FEATURE_TABLES = {
    "background_removal_jobs",
    "background_removal_batches",
    "background_remover_subscriptions",
    "background_remover_subscription_usage",
}
ALL = [revision.revision for revision in packaged_revisions().walk_revisions()][::-1]


def tables(url: str) -> set[object]:
    return {name for (name,) in query(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}


def everything(url: str) -> object:
    """What a change of the schema would touch in PostgreSQL's catalogue, with the ids of the writers."""
    catalogues = (
        "pg_class",
        "pg_attribute",
        "pg_constraint",
        "pg_trigger",
        "pg_proc",
        "pg_type",
        "pg_namespace",
    )
    return {
        name: query(url, f"SELECT oid, xmin::text FROM {name} ORDER BY 1")
        if name != "pg_attribute"
        else query(url, "SELECT attrelid, attnum, xmin::text FROM pg_attribute ORDER BY 1, 2")
        for name in catalogues
    }


def add_revision(folder: Path, body: str, revision: str = "9001", after: str = ALL[-1]) -> Path:
    """A release that has one more revision than ours."""
    folder.mkdir(exist_ok=True)
    head = f'''
        from alembic import op
        revision, down_revision, branch_labels, depends_on = "{revision}", "{after}", None, None
        def upgrade() -> None:
    '''
    (folder / f"{revision}.py").write_text(dedent(head) + indent(dedent(body), "    "))
    return folder


def test_from_empty_all_tables_are_made_once(empty_url: str) -> None:
    assert pending(empty_url) == ALL
    assert migrate(empty_url, "app") == ALL
    assert tables(empty_url) >= FEATURE_TABLES | {"users", "credit_entries", "procrastinate_jobs"}
    assert pending(empty_url) == []


def test_twice_changes_nothing(empty_url: str) -> None:
    migrate(empty_url, "app")
    before = everything(empty_url)
    assert migrate(empty_url, "app") == []
    assert everything(empty_url) == before

    query(
        empty_url, "ALTER TABLE users ADD COLUMN more text"
    )  # the negative control: this would have been seen
    assert everything(empty_url) != before


def test_rows_survive_another_run(owner_url: str) -> None:
    query(owner_url, "INSERT INTO login_failures VALUES ('\\x00', now(), gen_random_uuid())")
    migrate(owner_url, "app")
    assert query(owner_url, "SELECT count(*) FROM login_failures") == [(1,)]


def test_eight_starts_at_once_migrate_once(empty_url: str) -> None:
    ready = threading.Barrier(8)

    def start() -> list[str]:
        ready.wait()
        return migrate(empty_url, "app")

    with ThreadPoolExecutor(8) as pool:
        answers = [future.result() for future in [pool.submit(start) for _ in range(8)]]
    assert sorted(answers) == [[]] * 7 + [ALL]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('op.execute("CREATE TABLE half_done (id int)")\nop.execute("SELECT 1 / 0")', "division by zero"),
        ('op.execute("CREATE TABLE half_done (id int)")\nop.execute("nonsense")', "syntax error"),
        (
            'op.execute("CREATE TABLE half_done (id int)")\nop.execute("CREATE TABLE users (id int)")',
            "already exists",
        ),
    ],
)
def test_a_failing_revision_changes_nothing_and_is_named(
    empty_url: str, tmp_path: Path, body: str, reason: str
) -> None:
    versions = (VERSIONS, add_revision(tmp_path / "more", body))
    with pytest.raises(MigrationFailed, match=rf"at revision 9001 and changed nothing: .*{reason}"):
        migrate(empty_url, "app", versions=versions)
    assert tables(empty_url) == set()  # not even the revisions before it
    assert migrate(empty_url, "app") == ALL  # and the way is clear


def test_a_failing_revision_on_a_database_in_use_leaves_it_as_it_was(owner_url: str, tmp_path: Path) -> None:
    before = everything(owner_url)
    broken = add_revision(
        tmp_path / "more", 'op.execute("ALTER TABLE users DROP COLUMN email")\nraise LookupError("no")'
    )
    with pytest.raises(MigrationFailed, match="changed nothing: no"):
        migrate(owner_url, "app", versions=(VERSIONS, broken))
    assert everything(owner_url) == before


def test_a_new_revision_is_pending_then_applied_and_granted(
    owner_url: str, database_url: str, tmp_path: Path
) -> None:
    versions = (VERSIONS, add_revision(tmp_path / "more", 'op.execute("CREATE TABLE notes (id bigserial)")'))
    assert pending(database_url, versions=versions) == ["9001"]
    assert migrate(owner_url, "app", versions=versions) == ["9001"]
    query(database_url, "INSERT INTO notes DEFAULT VALUES")


def test_a_database_of_a_newer_release_is_left_alone(owner_url: str, tmp_path: Path) -> None:
    newer = add_revision(tmp_path / "more", 'op.execute("ALTER TABLE users ADD COLUMN phone text")')
    migrate(owner_url, "app", versions=(VERSIONS, newer))
    before = everything(owner_url)
    assert pending(owner_url) == []
    assert migrate(owner_url, "app") == []
    assert everything(owner_url) == before


def test_a_migration_does_not_wait_for_ever_behind_a_query(
    owner_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lumiku.migrations.run._WAIT_FOR_TABLES", "200ms")
    versions = (
        VERSIONS,
        add_revision(tmp_path / "more", 'op.execute("ALTER TABLE users ADD COLUMN phone text")'),
    )
    with psycopg.connect(owner_url) as busy:
        busy.execute("SELECT * FROM users")
        with pytest.raises(MigrationFailed, match=r"at revision 9001 .*lock timeout"):
            migrate(owner_url, "app", versions=versions)
    assert migrate(owner_url, "app", versions=versions) == ["9001"]


def test_no_server_is_said_without_the_password() -> None:
    with pytest.raises(DatabaseUnavailable, match="does not answer") as raised:
        migrate("postgresql://owner:geheim@/lumiku?host=/nowhere", "app")
    assert "geheim" not in str(raised.value)


def test_a_role_that_is_not_there_is_named_and_nothing_is_changed(empty_url: str) -> None:
    with pytest.raises(InvalidInput, match="no role nobody_here"):
        migrate(empty_url, "nobody_here")
    assert tables(empty_url) == set()


def test_one_role_for_everything_is_granted_nothing(empty_url: str) -> None:
    migrate(empty_url, role_of(empty_url))
    assert query(empty_url, "SELECT relacl FROM pg_class WHERE relname = 'users'") == [(None,)]


def test_role_of_an_address() -> None:
    assert role_of("postgresql://lumiku_app:secret@host/lumiku") == "lumiku_app"
    assert role_of("postgresql:///lumiku?host=/run") is None


def test_no_revision_has_a_way_down() -> None:
    for revision in packaged_revisions().walk_revisions():
        assert not hasattr(revision.module, "downgrade"), f"revision {revision.revision} could drop data"
