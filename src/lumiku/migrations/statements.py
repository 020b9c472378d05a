"""SQL sent as it is, by the driver: scripts of several statements, and names that were quoted by psycopg."""

from typing import Any

from psycopg.sql import Composable
from sqlalchemy import Connection


def run_sql(connection: Connection, script: str | Composable) -> None:
    """Run it in the connection's transaction; nothing in it is taken for a parameter."""
    driver: Any = connection.connection.driver_connection
    driver.execute(script)
