"""`lumiku serve`: the database, the API and the workers, under one supervisor."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def serve(
    *,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; 0.0.0.0 is every one.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0 is any free one.", show_default="8000")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Folder for everything it keeps.", show_default="the user's"),
    ] = None,
    only: Annotated[
        Literal["api", "worker", "database"] | None,
        typer.Option(help="Run one role; the database is another call's, or external.", show_default=False),
    ] = None,
    open_: Annotated[
        bool, typer.Option("--open", help="One person, no accounts, no credits; this machine only.")
    ] = False,
    force_open: Annotated[
        bool, typer.Option("--force-open", help="Allow --open where other machines can reach it.")
    ] = False,
    api_processes: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Processes that answer.", show_default="one a core"),
    ] = None,
    worker_processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that work.", show_default="1")
    ] = None,
) -> None:
    """Run the server: database, API and workers.

    The first start prints a link by which you become the administrator. Ctrl-C stops everything in order.
    With LUMIKU_DATABASE__URL an external PostgreSQL is used.

    Examples:
        lumiku serve
        lumiku serve --host 0.0.0.0 --port 80 --data /srv/lumiku
        lumiku serve --open
        lumiku serve --only api
    """
    _run(
        only,
        host=host,
        port=port,
        data=data,
        open=open_ or None,
        force_open=force_open or None,
        api_processes=api_processes,
        worker_processes=worker_processes,
    )


def worker(
    *,
    data: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="The server's data folder.", show_default="the user's"),
    ] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="How many processes.", show_default="1")
    ] = None,
) -> None:
    """Run workers alone, beside a server that runs already or on another machine.

    Examples:
        lumiku worker --data /srv/lumiku --processes 2
    """
    _run("worker", data=data, worker_processes=processes)


def _run(only: Literal["api", "worker", "database"] | None, **flags: object) -> None:
    from lumiku.cli.configure import read_settings
    from lumiku.core.settings import ServerSettings
    from lumiku.serve.run import Plan, serve

    settings = read_settings()
    given = {name: value for name, value in flags.items() if value is not None}
    server = ServerSettings.model_validate({**settings.server.model_dump(), **given})
    serve(settings.model_copy(update={"server": server}), Plan.of(only), typer.echo)
