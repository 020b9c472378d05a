"""What the application's role may do: rows, never tables; and to the append-only tables it may only add."""

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import sql
from sqlalchemy import Connection, text

from lumiku.core.errors import InvalidInput
from lumiku.migrations.statements import run_sql

APPEND_ONLY = frozenset(
    {"audit_log", "background_remover_subscription_events", "credit_entries", "payment_events"}
)
_ROWS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
_ALL = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
_MAINTAIN_SINCE = 170_000  # server_version_num; older servers do not know that privilege

_ON_TABLES = text("""
    SELECT c.relname, array_agg(p.name) FILTER (
        WHERE has_table_privilege(:role, c.oid, p.name)
           OR (p.name IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
               AND has_any_column_privilege(:role, c.oid, p.name)))
    FROM pg_class c CROSS JOIN unnest(CAST(:names AS text[])) AS p(name)
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
      AND c.relname = ANY(CAST(:tables AS text[]))
    GROUP BY c.relname ORDER BY c.relname
""")
_ON_ROLE = text("""
    SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
           ARRAY(SELECT roleid::regrole::text FROM pg_auth_members WHERE member = pg_roles.oid ORDER BY 1)
    FROM pg_roles WHERE rolname = :role
""")
_ATTRIBUTES = ("CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS")
_SEQUENCES_WITH_MORE = text("""
    SELECT s.relname, p.name FROM pg_depend d JOIN pg_class s ON s.oid = d.objid
    JOIN pg_class t ON t.oid = d.refobjid CROSS JOIN unnest(ARRAY['SELECT', 'UPDATE']) AS p(name)
    WHERE t.relnamespace = current_schema()::regnamespace AND t.relname = ANY(CAST(:tables AS text[]))
      AND CASE WHEN s.relkind = 'S' THEN has_sequence_privilege(:role, s.oid, p.name) ELSE false END
    ORDER BY s.relname, p.name
""")
# CASE, for the planner may ask for the privilege before it has looked at the kind.
_SEQUENCES_WITHOUT_USAGE = text("""
    SELECT s.relname FROM pg_depend d JOIN pg_class s ON s.oid = d.objid JOIN pg_class t ON t.oid = d.refobjid
    WHERE t.relnamespace = current_schema()::regnamespace AND t.relname = ANY(CAST(:tables AS text[]))
      AND CASE WHEN s.relkind = 'S' THEN NOT has_sequence_privilege(:role, s.oid, 'USAGE') ELSE false END
    ORDER BY s.relname
""")
_ON_SCHEMA = text("""
    SELECT current_schema()::text, has_schema_privilege(:role, current_schema()::text, 'USAGE'),
           has_schema_privilege(:role, current_schema()::text, 'CREATE')
""")


@dataclass(frozen=True)
class GrantDrift:
    """One privilege too many or too few; `kind` is role, schema, table or sequence."""

    kind: str
    object: str
    difference: str


def allowed(table: str) -> frozenset[str]:
    """The privileges that the application's role has on one of our tables."""
    if table == "alembic_version":
        return frozenset({"SELECT"})
    return frozenset({"SELECT", "INSERT"}) if table in APPEND_ONLY else _ROWS


def compare_grants(connection: Connection, role: str, tables: list[str]) -> Iterator[GrantDrift]:
    """What the role may do beyond what it should, and what of that it may not do."""
    superuser, *attributes, memberships = connection.execute(_ON_ROLE, {"role": role}).one()
    if superuser:
        yield GrantDrift("role", role, "is a superuser, whom no privilege binds")
        return
    for name, held_by_role in zip(_ATTRIBUTES, attributes, strict=True):
        if held_by_role:
            yield GrantDrift("role", role, f"has {name}")
    for other in memberships:
        yield GrantDrift("role", role, f"is a member of {other}, and may become it")
    schema, may_use, may_create = connection.execute(_ON_SCHEMA, {"role": role}).one()
    if not may_use:
        yield GrantDrift("schema", schema, f"{role} may not USE it")
    if may_create:
        yield GrantDrift("schema", schema, f"{role} may CREATE in it")
    version = connection.scalar(text("SELECT current_setting('server_version_num')::integer"))
    names = [*_ALL, "MAINTAIN"] if version and version >= _MAINTAIN_SINCE else _ALL
    rows = connection.execute(_ON_TABLES, {"role": role, "names": names, "tables": tables})
    for table, privileges in rows:
        held = frozenset(privileges or ())
        for name in sorted(allowed(table) - held):
            yield GrantDrift("table", table, f"{role} may not {name}")
        for name in sorted(held - allowed(table)):
            yield GrantDrift("table", table, f"{role} may {name}")
    for sequence in connection.scalars(_SEQUENCES_WITHOUT_USAGE, {"role": role, "tables": tables}):
        yield GrantDrift("sequence", sequence, f"{role} may not USE it")
    for sequence, name in connection.execute(_SEQUENCES_WITH_MORE, {"role": role, "tables": tables}):
        yield GrantDrift("sequence", sequence, f"{role} may {name}")


def grant(connection: Connection, role: str, tables: list[str]) -> None:
    """As the tables' owner, give the role what it lacks and take what it should not have.

    Raises:
        InvalidInput: there is no such role.
    """
    if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
        raise InvalidInput(f"the database has no role {role}; make it first with CREATE ROLE")
    drifted = {(drift.kind, drift.object) for drift in compare_grants(connection, role, tables)}
    for kind, name in sorted(drifted):
        for statement in _STATEMENTS.get(kind, ()):
            wanted = sql.SQL(", ").join(sql.SQL(privilege) for privilege in sorted(allowed(name)))
            names = {"name": sql.Identifier(name), "role": sql.Identifier(role), "wanted": wanted}
            run_sql(connection, sql.SQL(statement).format(**names))


_STATEMENTS = {
    "schema": (
        "REVOKE CREATE ON SCHEMA {name} FROM {role}, PUBLIC",
        "GRANT USAGE ON SCHEMA {name} TO {role}",
    ),
    "table": ("REVOKE ALL ON {name} FROM {role}, PUBLIC", "GRANT {wanted} ON {name} TO {role}"),
    "sequence": (
        "REVOKE ALL ON SEQUENCE {name} FROM {role}, PUBLIC",
        "GRANT USAGE ON SEQUENCE {name} TO {role}",
    ),
}
