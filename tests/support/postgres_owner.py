"""Run as a program: owns the embedded server of a folder until it is killed, and says where it is.

python postgres_owner.py own FOLDER      prints the server's number when it is ready
python postgres_owner.py write FOLDER    inserts rows, and prints the number of each once it is confirmed;
                                         ends with 3 when it loses the server
"""

import sys
import time
from pathlib import Path

import psycopg

from lumiku.core.errors import LumikuError
from lumiku.postgres.server import PostgresServer
from lumiku.postgres.settings import PostgresSettings
from lumiku.postgres.urls import embedded_urls


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def own(data: Path) -> None:
    server = PostgresServer(data, PostgresSettings())
    try:
        server.start()
    except LumikuError as error:
        sys.exit(f"{error.code} {error.message}")
    say(server.process.pid)
    time.sleep(3600)


def write(data: Path) -> None:
    with psycopg.connect(embedded_urls(data).owner, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS confirmed (n bigint PRIMARY KEY, padding text)")
        row = connection.execute("SELECT coalesce(max(n), 0) FROM confirmed").fetchone()
        number = row[0]
        while True:
            number += 1
            connection.execute("INSERT INTO confirmed VALUES (%s, repeat('x', 500))", [number])
            say(number)


if __name__ == "__main__":
    try:
        {"own": own, "write": write}[sys.argv[1]](Path(sys.argv[2]))
    except psycopg.OperationalError as error:
        sys.stderr.write(str(error))
        sys.exit(3)
