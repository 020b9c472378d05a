"""`lumiku sheet`: one picture that shows what was cut out, over a checkerboard, black and white."""

from pathlib import Path
from typing import Annotated

import typer

from lumiku.cli.flags import ModelFlags, RunFlags, spread_flags
from lumiku.cli.remove import Inputs


@spread_flags
def sheet(
    paths: Inputs = None,
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="A .png, .jpg or .webp file.")
    ] = Path("sheet.png"),
    cutouts: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Show the results that lie here; no model runs.", show_default=False
        ),
    ] = None,
    height: Annotated[
        int, typer.Option(min=64, max=1024, help="Of each picture on the sheet, in pixels.")
    ] = 240,
    columns: Annotated[
        int | None, typer.Option(min=1, max=8, help="Pictures side by side.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a sheet that is there.")] = False,
    model: ModelFlags,
    run: RunFlags,
) -> None:
    """Write a contact sheet: before, after over checkerboard, black and white.

    Examples:
      lumiku sheet photos -o sheet.png
      lumiku sheet photos --cutouts cutouts -o sheet.jpg --columns 2
      lumiku sheet a.jpg b.jpg -o sheet.png --tier industry

    More pictures than fit one sheet go on to sheet-2.png and so on.
    """
    from lumiku.cli.sheet_run import SheetRequest, run_sheet

    request = SheetRequest(paths or [], output, cutouts, height, columns, force, model, run)
    raise typer.Exit(run_sheet(request))
