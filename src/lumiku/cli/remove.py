"""`lumiku remove`: pictures in, cutouts out."""

from pathlib import Path
from typing import Annotated

import typer

from lumiku.cli.flags import FileFlags, LookFlags, ModelFlags, RunFlags, spread_flags

Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PATH",
        help="Files, patterns, folders, http(s) addresses, or - for standard input.",
        show_default=False,
    ),
]
Out = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="OUT",
        help="A file, a folder, or - for standard output. Else <stem>-cutout beside each picture.",
        show_default=False,
    ),
]


@spread_flags
def remove(
    paths: Inputs = None,
    output: Out = None,
    *,
    model: ModelFlags,
    look: LookFlags,
    file: FileFlags,
    save_matte: Annotated[
        bool,
        typer.Option(
            "--save-matte", help="Keep <stem>.matte.png beside each result.", rich_help_panel="File"
        ),
    ] = False,
    matte: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE|FOLDER",
            help="Use this matte (or the folder's) instead of a model.",
            rich_help_panel="Model",
        ),
    ] = None,
    watch: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Take pictures as they arrive in a folder, until Ctrl-C.",
            rich_help_panel="Run",
        ),
    ] = None,
    run: RunFlags,
) -> None:
    """Remove the background of pictures.

    Examples:
      lumiku remove photo.jpg
      lumiku remove photo.jpg -o cat.webp --quality 80
      lumiku remove photos -o cutouts --tier professional --save-matte
      lumiku remove 'in/*.jpg' more/ https://example.org/b.jpg -o out/
      lumiku remove photo.jpg -o ad.jpg --size amazon --shadow contact
      cat photo.jpg | lumiku remove - | display
      lumiku remove photos -o cutouts --json | jq .confidence
      lumiku remove --watch inbox -o outbox

    A result that is there and current is not made again; anything else in the way stays, unless --force.
    Exit codes: 0 all came out; 1 some did not; 2 usage; 3 no model or runtime; 130 Ctrl-C.
    """
    from lumiku.cli.batch import Request, run_batch

    request = Request(paths or [], output, model, look, file, run, matte, save_matte, watch)
    raise typer.Exit(run_batch(request))
