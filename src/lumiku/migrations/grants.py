"""What the application's role may do: rows, never tables; and to the append-only tables it may only add."""

from dataclasses import dataclass

from psycopg import sql
from sqlalchemy import Connection, text

from lumiku.core.errors import InvalidInput

APPEND_ONLY = frozenset({"audit_log", "credit_entries"})
_ROWS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
_ALL = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")

_PRIVILEGES = text("""
    SELECT c.relname,
           array_agg(p.name) FILTER (
               WHERE has_table_privilege(:role, c.oid, p.name)
                  OR (p.name IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
                      AND has_any_column_privilege(:role, c.oid, p.name))
           )
    FROM pg_class c CROSS JOIN unnest(CAST(:names AS text[])) AS p(name)
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
      AND c.relname = ANY(CAST(:tables AS text[]))
    GROUP BY c.relname ORDER BY c.relname
""")
# CASE, for the planner may ask for the privilege before it has looked at the kind.
_SEQUENCES_WITHOUT_USAGE = text("""
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relowner = CAST(current_user AS regrole)
      AND CASE WHEN c.relkind = 'S' THEN NOT has_sequence_privilege(:role, c.oid, 'USAGE') ELSE false END
    ORDER BY c.relname
""")


@dataclass(frozen=True)
class GrantDrift:
    """One privilege too many or too few."""

    object: str
    difference: str


def allowed(table: str) -> frozenset[str]:
    """The privileges that the application's role has on one of our tables."""
    if table == "alembic_version":
        return frozenset({"SELECT"})
    return frozenset({"SELECT", "INSERT"}) if table in APPEND_ONLY else _ROWS


def compare_grants(connection: Connection, role: str, tables: list[str]) -> list[GrantDrift]:
    """What the role may do beyond `allowed`, and what of it it may not do."""
    if connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = :role"), {"role": role}):
        return [GrantDrift(role, "is a superuser, whom no privilege binds")]
    drifts = []
    rows = connection.execute(_PRIVILEGES, {"role": role, "names": list(_ALL), "tables": tables})
    for table, names in rows:
        held = frozenset(names or ())
        drifts += [GrantDrift(table, f"{role} may not {name}") for name in sorted(allowed(table) - held)]
        drifts += [GrantDrift(table, f"{role} may {name}") for name in sorted(held - allowed(table))]
    may_create = text("SELECT has_schema_privilege(:role, current_schema()::text, 'CREATE')")
    if connection.scalar(may_create, {"role": role}):
        drifts.append(GrantDrift("schema", f"{role} may CREATE in it"))
    return drifts


def grant(connection: Connection, role: str, tables: list[str]) -> None:
    """As the tables' owner, give the role what it lacks and take what it should not have.

    Raises:
        InvalidInput: there is no such role.
    """
    if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
        raise InvalidInput(
            f"the database has no role {role}; create it first: CREATE ROLE {role} LOGIN PASSWORD ..."
        )
    schema = connection.scalar(text("SELECT current_schema()::text"))
    missing = connection.scalars(_SEQUENCES_WITHOUT_USAGE, {"role": role}).all()
    may_use = connection.scalar(
        text("SELECT has_schema_privilege(:role, current_schema()::text, 'USAGE')"), {"role": role}
    )
    drifted = {drift.object for drift in compare_grants(connection, role, tables)}
    who, where = sql.Identifier(role), sql.Identifier(str(schema))
    statements = [
        sql.SQL("GRANT USAGE ON SEQUENCE {} TO {}").format(sql.Identifier(name), who) for name in missing
    ]
    if not may_use:
        statements.append(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(where, who))
    if "schema" in drifted:
        statements.append(sql.SQL("REVOKE CREATE ON SCHEMA {} FROM {}, PUBLIC").format(where, who))
    for table in sorted(drifted & set(tables)):
        name = sql.Identifier(table)
        wanted = sql.SQL(", ").join(sql.SQL(privilege) for privilege in sorted(allowed(table)))
        statements.append(sql.SQL("REVOKE ALL ON {} FROM {}, PUBLIC").format(name, who))
        statements.append(sql.SQL("GRANT {} ON {} TO {}").format(wanted, name, who))
    driver = connection.connection.driver_connection
    for statement in statements:
        driver.execute(statement)  # type: ignore[union-attr]
