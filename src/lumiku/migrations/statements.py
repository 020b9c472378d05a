"""SQL scripts of several statements, sent as they are."""

from typing import Any

from sqlalchemy import Connection


def run_sql(connection: Connection, script: str) -> None:
    """Run a script in the connection's transaction, by the driver: nothing in it is taken for a parameter."""
    driver: Any = connection.connection.driver_connection
    driver.execute(script)
