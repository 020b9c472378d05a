"""The commands of `lumiku`, put together; nothing heavy is imported before one of them runs."""

from typing import Annotated

import typer

from lumiku.cli import (
    batches,
    cleanup,
    compose,
    credits,  # noqa: A004  the ledger, not site.credits
    db,
    exits,
    jobs,
    models,
    payments,
    remove,
    serve,
    sheet,
    subscriptions,
    top,
    user,
)
from lumiku.cli.flags import PanelledCommand

_CODES = "\n".join(f"  {code:3}  {meaning}" for code, meaning in exits.EXPLAINED)

_HELP = f"""Remove the background of pictures.

\b
Examples:
  lumiku remove photo.jpg                        photo-cutout.png beside it
  lumiku remove photo.jpg -o cat.webp            the extension decides the format
  lumiku remove photos -o cutouts                a folder, with the same tree
  lumiku remove 'a/**/*.jpg' https://x.org/b.jpg -o out/
  lumiku remove photos -o shop --size amazon --format jpeg --tier professional
  cat photo.jpg | lumiku remove - > cutout.png   standard input to output
  lumiku remove --watch inbox -o outbox          pictures as they arrive
  lumiku compose photo.jpg --matte photo-cutout.matte.png --bg-color white -o white.jpg
  lumiku sheet photos -o sheet.png               before and after, side by side
  lumiku models pull                             get the models
  lumiku serve                                   # the server: database, API, workers

\b
Exit codes:
{_CODES}
"""

_CREDITS_HELP = """Check the ledger, grant credits.

\b
Examples:
  lumiku credits audit
  lumiku credits grant anna@example.org 500 --note "Conference"
"""

_SUBSCRIPTIONS_HELP = """Look at subscriptions, give months, suspend.

\b
Examples:
  lumiku subscriptions list
  lumiku subscriptions show anna@example.org
  lumiku subscriptions grant anna@example.org pro --months 3 --reason "Prize"
"""

_MODELS_HELP = """List, pull, verify, optimise and remove models.

\b
Examples:
  lumiku models list
  lumiku models pull
  lumiku models pull birefnet-general-lite
  lumiku models optimise
"""

_USER_HELP = """Make, promote, export and delete accounts.

\b
Examples:
  lumiku user create anna@example.org --admin
  lumiku user list --search example.org
  lumiku user reset-link anna@example.org
  lumiku user delete anna@example.org --yes
"""

_PAYMENTS_HELP = """Look at payments, confirm that money came in, refund.

\b
Examples:
  lumiku payments list --status pending
  lumiku payments show INV-2026-000123
  lumiku payments confirm INV-2026-000123 --reference "bank 4711"
  lumiku payments refund INV-2026-000123 --reason "Bought twice"
"""

_JOB_HELP = """Look at single pictures of any account, try them again, cancel them.

\b
Examples:
  lumiku job list --status failed
  lumiku job show 019aa5e0-7d4e-7c33-9f4e-0a4f6f2b1c11
  lumiku job retry 019aa5e0-7d4e-7c33-9f4e-0a4f6f2b1c11
"""

_BATCH_HELP = """Look at batches of any account, try them again, cancel them.

\b
Examples:
  lumiku batch list --status processing
  lumiku batch show 019aa5e0-7d4e-7c33-9f4e-0a4f6f2b1c11
  lumiku batch cancel 019aa5e0-7d4e-7c33-9f4e-0a4f6f2b1c11
"""

_DB_HELP = """Look after the database, the embedded one or that of LUMIKU_DATABASE__URL.

\b
Examples:
  lumiku db status
  lumiku db backup /mnt/backups/monday
  lumiku db restore /mnt/backups/monday --force
  lumiku db shell
"""

app = typer.Typer(
    help=_HELP,
    no_args_is_help=True,
    rich_markup_mode=None,  # a third of the time to the first help
    pretty_exceptions_enable=False,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(cls=PanelledCommand)(remove.remove)
app.command(cls=PanelledCommand)(compose.compose)
app.command(cls=PanelledCommand)(sheet.sheet)
app.command(cls=PanelledCommand)(serve.serve)
app.command(cls=PanelledCommand)(serve.worker)
app.command(cls=PanelledCommand)(top.top)
app.command(cls=PanelledCommand)(cleanup.cleanup)
app.add_typer(jobs.app, name="job", help=_JOB_HELP)
app.add_typer(batches.app, name="batch", help=_BATCH_HELP)
app.add_typer(credits.app, name="credits", help=_CREDITS_HELP)
app.add_typer(subscriptions.app, name="subscriptions", help=_SUBSCRIPTIONS_HELP)
app.add_typer(payments.app, name="payments", help=_PAYMENTS_HELP)
app.add_typer(models.app, name="models", help=_MODELS_HELP)
app.add_typer(db.app, name="db", help=_DB_HELP)
app.add_typer(user.app, name="user", help=_USER_HELP)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"lumiku {version('lumiku')}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    del version
