"""The two roles and the database, as they must be at every start."""

from typing import Final

import psycopg
from psycopg import sql

from lumiku.postgres.layout import APP_ROLE, DATABASE, OWNER_ROLE, Layout

_LOGIN_ONLY: Final = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")


def ensure_roles(url: str, layout: Layout) -> None:
    """Make what is missing and put right what differs; `url` is the superuser's, on any database."""
    with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
        for role in (OWNER_ROLE, APP_ROLE):
            _ensure_role(connection, role, layout.password(role).read_text().strip())
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if known is None:
            create_database(connection, DATABASE, OWNER_ROLE, APP_ROLE)


def create_database(connection: psycopg.Connection, name: str, owner: str, app: str) -> None:
    """An empty database of the owner's, into which the application's role may log in and nobody else."""
    database = sql.Identifier(name)
    create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0")
    connection.execute(create.format(database, sql.Identifier(owner)))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(app)))


def _ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    # Only its verifier reaches the server, so that no log can hold the password.
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    command = sql.SQL("ALTER ROLE {} WITH {} PASSWORD {}" if known else "CREATE ROLE {} WITH {} PASSWORD {}")
    connection.execute(command.format(sql.Identifier(role), _LOGIN_ONLY, sql.Literal(verifier)))
