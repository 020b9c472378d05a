"""`lumiku`: the commands, and what the shell is told when one of them ends badly."""

import os
import sys
import traceback
from typing import Annotated

import typer

from lumiku.cli import compose, exits, models, remove, sheet, signals
from lumiku.cli.flags import PanelledCommand
from lumiku.cli.report import one_line
from lumiku.cli.stdout import ReaderGone, forget_stdout
from lumiku.core.errors import LumikuError

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

\b
Exit codes:
{_CODES}
"""

_MODELS_HELP = """List, pull, verify, optimise and remove models.

\b
Examples:
  lumiku models list
  lumiku models pull
  lumiku models pull birefnet-general-lite
  lumiku models optimise
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
app.add_typer(models.app, name="models", help=_MODELS_HELP)


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


def main() -> None:
    """Run the command line; always ends with SystemExit and one of the documented codes."""
    signals.listen()
    try:
        app(prog_name="lumiku")
    except LumikuError as error:
        _explain(error, f"error {error.code}: {one_line(error.message)}")
        sys.exit(exits.exit_code(error))
    except signals.Interrupted as signal:
        sys.stderr.write("interrupted\n")
        sys.exit(128 + signal.signum)
    except ReaderGone:
        forget_stdout()
        sys.exit(exits.BROKEN_PIPE)
    except Exception as error:  # the last resort: a line rather than a page
        _explain(error, f"error INTERNAL_ERROR: a fault of ours ({type(error).__name__}: {error})")
        sys.exit(exits.OUR_FAULT)


def _explain(error: Exception, line: str) -> None:
    if os.environ.get("LUMIKU_DEBUG") == "1":
        traceback.print_exception(error)
    sys.stderr.write(line + "\n")
