"""The schema is the one that the code states, and guards itself."""

import importlib.util
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, create_engine, text

from lumiku.core.db import metadata, sqlalchemy_url
from lumiku.migrations.catalog import Schema, read_schema
from lumiku.migrations.grants import APPEND_ONLY
from lumiku.migrations.queue_schema import queue_migrations
from lumiku.migrations.tables import MODULES
from lumiku.migrations.verify import compare_schemas, expected_schema
from support.database import query

ROOT = Path(__file__).parents[2]


@pytest.fixture
def connection(owner_url: str):
    engine = create_engine(sqlalchemy_url(owner_url))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def stated(connection: Connection) -> Schema:
    """What the `tables.py` files state, made by SQLAlchemy in a schema of its own."""
    connection.execute(text("CREATE SCHEMA stated"))
    connection.execute(text("SET search_path TO stated"))
    metadata.create_all(connection)
    return read_schema(connection)


def test_the_revisions_make_the_tables_that_the_code_states(connection: Connection) -> None:
    by_code = stated(connection)
    kinds = ("table", "column", "constraint", "index")
    ours = {
        kind: {
            name: facts
            for name, facts in expected_schema()[kind].items()
            if name.split(".")[0] in metadata.tables
        }
        for kind in kinds
    }
    assert list(compare_schemas(ours, by_code)) == []
    assert list(compare_schemas({kind: by_code[kind] for kind in kinds}, ours)) == []


def test_the_comparison_would_see_a_column_that_no_revision_makes(connection: Connection) -> None:
    by_code = stated(connection)
    connection.execute(text("ALTER TABLE users ADD COLUMN forgotten int"))
    drift = list(
        compare_schemas({"table": by_code["table"], "column": by_code["column"]}, read_schema(connection))
    )
    assert [str(one) for one in drift] == ["column users.forgotten: is not expected"]


def test_every_file_of_tables_is_known_to_the_migrations() -> None:
    files = {path.resolve() for path in (ROOT / "src/lumiku").glob("*/tables.py")}
    known = {Path(str(module.__file__)).resolve() for module in MODULES}
    assert known == files - {ROOT / "src/lumiku/migrations/tables.py"}


def test_what_verify_expects_is_what_the_revisions_make(connection: Connection) -> None:
    spec = importlib.util.spec_from_file_location("write_schema", ROOT / "scripts/write_schema.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    made = script.as_text(read_schema(connection))
    assert made == script.EXPECTED.read_text(encoding="utf-8"), "run `make schema`"


def test_the_queue_is_at_the_installed_version(owner_url: str) -> None:
    """A newer Procrastinate has more migrations: a revision must call `bring_queue_to` with the last."""
    level = query(owner_url, "SELECT obj_description('procrastinate_jobs'::regclass)")
    newest = queue_migrations()[-1]
    assert level == [(newest,)]
    revisions = "".join(path.read_text() for path in (ROOT / "src/lumiku/migrations/versions").glob("*.py"))
    assert f'"{newest}"' in revisions


def test_every_row_that_changes_says_when(owner_url: str) -> None:
    triggers = expected_schema()["trigger"]
    changing = {name for name, table in metadata.tables.items() if "updated_at" in table.c}
    assert {name.split(".")[0] for name in triggers if name.endswith(".set_updated_at")} == changing
    assert all("created_at" in metadata.tables[name].c for name in changing)

    query(owner_url, "INSERT INTO users (id, email) VALUES (gen_random_uuid(), 'a@example.org')")
    query(owner_url, "UPDATE users SET name = 'A'")
    assert query(owner_url, "SELECT updated_at > created_at FROM users") == [(True,)]


INSERT = {
    "audit_log": "INSERT INTO audit_log (id, action) VALUES (gen_random_uuid(), 'test')",
    "background_remover_subscription_events": """
        WITH u AS (INSERT INTO users (id, email) VALUES (gen_random_uuid(), 'a@example.org') RETURNING id),
        s AS (INSERT INTO background_remover_subscriptions (id, user_id, plan)
              SELECT gen_random_uuid(), id, 'pro' FROM u RETURNING id)
        INSERT INTO background_remover_subscription_events
            (id, subscription_id, event, status_before, status_after, plan, done_by, happened_at)
        SELECT gen_random_uuid(), id, 'subscribe', 'none', 'pending_payment', 'pro', 'owner', now() FROM s
    """,
    "credit_entries": """
        WITH u AS (INSERT INTO users (id, email) VALUES (gen_random_uuid(), 'a@example.org') RETURNING id),
        a AS (INSERT INTO credit_accounts (user_id, balance) SELECT id, 5 FROM u RETURNING user_id)
        INSERT INTO credit_entries (user_id, kind, amount, balance_after, reference)
        SELECT user_id, 'bonus', 5, 5, 'welcome' FROM a
    """,
    "payment_events": """
        WITH u AS (INSERT INTO users (id, email) VALUES (gen_random_uuid(), 'a@example.org') RETURNING id),
        i AS (INSERT INTO payment_invoices (id, user_id, kind, item, description, amount, gateway, expires_at)
              SELECT gen_random_uuid(), id, 'plan', 'pro', 'Pro', 1, 'manual', now() FROM u RETURNING id)
        INSERT INTO payment_events (invoice_id, source, verdict, gateway)
        SELECT id, 'owner', 'created', 'manual' FROM i
    """,
}
CHANGES = ("UPDATE {} SET created_at = now()", "DELETE FROM {}", "TRUNCATE {}", "TRUNCATE users CASCADE")


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
@pytest.mark.parametrize("change", CHANGES)
def test_append_only_tables_refuse_even_their_owner(owner_url: str, table: str, change: str) -> None:
    query(owner_url, INSERT[table])
    with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        query(owner_url, change.format(table))
    assert query(owner_url, f"SELECT count(*) FROM {table}") == [(1,)]


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
@pytest.mark.parametrize("change", CHANGES)
def test_append_only_tables_are_closed_to_the_application_by_its_rights(
    owner_url: str, database_url: str, table: str, change: str
) -> None:
    query(database_url, INSERT[table])
    query(owner_url, f"ALTER TABLE {table} DISABLE TRIGGER append_only")  # so the rights alone must hold
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(database_url, change.format(table))


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE more (id int)",
        "DROP TABLE users",
        "ALTER TABLE users ADD COLUMN more int",
        "ALTER TABLE credit_entries DISABLE TRIGGER append_only",
        "CREATE INDEX more ON users (name)",
        "DROP FUNCTION refuse_change CASCADE",
        "TRUNCATE sessions",
        "UPDATE alembic_version SET version_num = '0'",
        "SET ROLE owner",
    ],
)
def test_the_application_changes_rows_and_nothing_else(database_url: str, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(database_url, statement)


def test_every_foreign_key_is_backed_by_an_index(owner_url: str) -> None:
    """Else deleting what it points to reads the whole table. Users and days stay, so these need none."""
    query(owner_url, "CREATE TABLE control (id int PRIMARY KEY, user_id uuid REFERENCES users)")
    bare = """
        SELECT c.relname || '.' || k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        WHERE k.contype = 'f' AND c.relname NOT LIKE 'procrastinate%' AND NOT EXISTS (
            SELECT 1 FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indpred IS NULL
            AND i.indkey[0] = k.conkey[1])
    """
    found = {name for (name,) in query(owner_url, bare)}
    assert found == {
        "control.control_user_id_fkey",
        "credit_entries.fk_credit_entries_actor_id",
        "background_removal_jobs.fk_background_removal_jobs_usage_id",
        "background_remover_subscription_events.fk_background_remover_subscription_events_actor_id",
    }
