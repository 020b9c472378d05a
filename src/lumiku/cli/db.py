"""`lumiku db`: the database's state, schema, backups and upgrades, whether `lumiku serve` runs or not."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from lumiku.cli.flags import PanelledCommand

if TYPE_CHECKING:
    from lumiku.migrations.verify import Drift
    from lumiku.postgres.urls import DatabaseUrls
    from lumiku.settings import Settings

app = typer.Typer(help="Look after the database.", no_args_is_help=True)

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="FOLDER", help="The server's data folder.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Role = Literal["app", "owner", "superuser"]


@app.command(cls=PanelledCommand)
def status(*, data: Data = None, as_json: Json = False) -> None:
    """Show version, size, schema and pending migrations; starts nothing that was never started."""
    from dataclasses import asdict

    from lumiku.migrations.run import pending
    from lumiku.postgres.status import folder_status, server_status

    settings = _settings(data)
    facts: dict[str, object] = {"kind": "external" if settings.database.url else "embedded"}
    started = True
    if settings.database.url is None:
        folder = folder_status(settings.server.data)
        facts.update(asdict(folder))
        started = folder.major is not None
    if started:
        with _database(settings) as urls:
            facts.update(asdict(server_status(urls, settings.database)))
            facts["pending"] = pending(urls.owner)
    if as_json:
        typer.echo(json.dumps(facts, indent=2, default=str))
        return
    for name, value in facts.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
        typer.echo(f"{name.replace('_', ' '):<16} {_grouped(shown)}")


@app.command(cls=PanelledCommand)
def migrate(*, data: Data = None) -> None:
    """Bring the schema up to this release, all of it or nothing; makes the database if there is none."""
    with _database(_settings(data), create=True) as urls:
        applied = _migrate(urls.owner, urls)
    for revision in applied:
        typer.echo(f"applied {revision}")
    if not applied:
        typer.echo("nothing to do")


@app.command(cls=PanelledCommand)
def verify(*, data: Data = None) -> None:
    """Compare the schema with what this release expects, and name each difference."""
    import asyncio

    settings = _settings(data)
    with _database(settings) as urls:
        drifts = asyncio.run(_drift(urls, settings))
    for drift in drifts:
        typer.echo(str(drift))
    if drifts:
        raise typer.Exit(1)
    typer.echo("the schema is as this release expects it")


@app.command(cls=PanelledCommand)
def backup(
    target: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="A new folder.", show_default=False)
    ] = None,
    *,
    data: Data = None,
) -> None:
    """Write a backup into a new folder; without one, into backups/ of the data folder.

    Examples:
        lumiku db backup
        lumiku db backup /mnt/backups/before-the-move
    """
    from datetime import UTC, datetime

    from lumiku.postgres.backup import backup as write_backup
    from lumiku.postgres.binaries import find_binaries

    settings = _settings(data)
    target = target or settings.server.data / "backups" / f"{datetime.now(UTC):lumiku-%Y%m%dT%H%M%SZ}"
    with _database(settings) as urls:
        manifest = write_backup(urls, target, find_binaries(settings.postgres.binaries))
    rows = sum(manifest.tables.values())
    typer.echo(f"{target}: {len(manifest.tables)} tables, {rows:,} rows, {manifest.bytes:,} bytes")


@app.command(cls=PanelledCommand)
def restore(
    source: Annotated[Path, typer.Argument(metavar="FOLDER", help="What backup wrote.", show_default=False)],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Also when there is a database; it is kept under another name.")
    ] = False,
    data: Data = None,
) -> None:
    """Put a backup in the place of the present database, in one step, once it is whole and migrated.

    Examples:
        lumiku db restore /mnt/backups/before-the-move --data /srv/lumiku
        lumiku db restore /mnt/backups/before-the-move --force
    """
    from lumiku.postgres.binaries import find_binaries
    from lumiku.postgres.restore import restore as put_back

    settings = _settings(data)
    with _database(settings, create=True) as urls:
        done = put_back(
            urls,
            source,
            find_binaries(settings.postgres.binaries),
            force=force,
            finish=lambda owner_url: _migrate(owner_url, urls),
        )
    rows = sum(done.manifest.tables.values())
    typer.echo(f"restored {len(done.manifest.tables)} tables, {rows:,} rows, of {done.manifest.created_at}")
    if done.kept:
        typer.echo(
            f"the database of before is kept as {done.kept}; drop it in lumiku db shell when all is well"
        )


@app.command(cls=PanelledCommand)
def upgrade(
    *,
    from_binaries: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="The old version's programs, if Lumiku does not bring them."),
    ] = None,
    data: Data = None,
) -> None:
    """Bring the embedded database's files to this release's PostgreSQL; the old ones are kept.

    Stop `lumiku serve` first. A kill at any moment leaves the old files in use.
    """
    from lumiku.cli.errors import UsageFault
    from lumiku.postgres.upgrade import upgrade as upgrade_cluster

    settings = _settings(data)
    if settings.database.url is not None:
        raise UsageFault("LUMIKU_DATABASE__URL names an external server; upgrade it by its own means.")
    done = upgrade_cluster(settings.server.data, settings.postgres, from_binaries)
    if done.kept is None:
        typer.echo(f"nothing to do: it is PostgreSQL {done.after} already")
    else:
        typer.echo(f"upgraded from PostgreSQL {done.before} to {done.after}")
        typer.echo(f"the files of before are kept; when all is well: rm -r {done.kept}")


@app.command(cls=PanelledCommand, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def shell(
    context: typer.Context,
    *,
    role: Annotated[Role, typer.Option("--as", help="The role: superuser is for an embedded one.")] = "owner",
    data: Data = None,
) -> None:
    """Open psql; what follows goes to psql.

    Examples:
        lumiku db shell
        lumiku db shell --as app -c 'SELECT count(*) FROM users'
    """
    import subprocess

    from lumiku.cli.errors import UsageFault
    from lumiku.postgres.binaries import find_binaries
    from lumiku.postgres.reach import tool_address
    from lumiku.postgres.spawn import clean_environment

    settings = _settings(data)
    with _database(settings) as urls:
        url = getattr(urls, role)
        if url is None:
            raise UsageFault("An external server's superuser is not known to Lumiku; use --as owner.")
        address, password = tool_address(url)
        psql = find_binaries(settings.postgres.binaries).program("psql")
        command: list[str | Path] = [psql, f"--dbname={address}", *context.args]
        with _left_to_child():
            code = subprocess.run(command, env=clean_environment(password), check=False).returncode
    raise typer.Exit(code)


def _settings(data: Path | None) -> "Settings":
    from lumiku.cli.configure import read_settings

    settings = read_settings()
    if data is None:
        return settings
    server = settings.server.model_copy(update={"data": data.expanduser().absolute()})
    return settings.model_copy(update={"server": server})


@contextmanager
def _database(settings: "Settings", *, create: bool = False) -> "Iterator[DatabaseUrls]":
    from lumiku.postgres.reach import reachable_database

    with reachable_database(
        settings.server.data, settings.database, settings.postgres, create=create
    ) as urls:
        yield urls


def _migrate(owner_url: str, urls: "DatabaseUrls") -> list[str]:
    from lumiku.migrations.run import migrate as bring_up
    from lumiku.migrations.run import role_of

    return bring_up(owner_url, role_of(urls.app))


async def _drift(urls: "DatabaseUrls", settings: "Settings") -> "list[Drift]":
    from lumiku.core.db import Database
    from lumiku.migrations.run import role_of
    from lumiku.migrations.verify import verify as find_drift

    db = Database(urls.owner, settings.database)
    try:
        return await find_drift(db, role_of(urls.app))
    finally:
        await db.close()


@contextmanager
def _left_to_child() -> Iterator[None]:
    """Ctrl-C is for psql, which ends a query by it, not for us."""
    import signal

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _grouped(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
