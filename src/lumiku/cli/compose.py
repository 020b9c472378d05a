"""`lumiku compose`: a new background, crop or format from a photo and its kept matte, without a model."""

from pathlib import Path
from typing import Annotated

import typer

from lumiku.cli.flags import FileFlags, LookFlags, ModelFlags, RunFlags, spread_flags
from lumiku.cli.remove import Inputs, Out


@spread_flags
def compose(
    photos: Inputs = None,
    matte: Annotated[
        Path,
        typer.Option(
            metavar="FILE|FOLDER",
            help="The matte that --save-matte kept, or a folder of them. Grey, or a picture's alpha.",
            show_default=False,
        ),
    ] = ...,  # type: ignore[assignment]
    output: Out = None,
    *,
    look: LookFlags,
    file: FileFlags,
    run: RunFlags,
) -> None:
    """Compose photos with their kept mattes anew; no model runs.

    Examples:
      lumiku compose photo.jpg --matte photo-cutout.matte.png --bg-color white -o white.jpg
      lumiku compose photo.jpg --matte photo-cutout.matte.png --crop --crop-margin 5% -o crop.png
      lumiku compose photos --matte cutouts -o shop --size etsy --format jpeg

    The matte has the photo's size, turned as the photo is shown.
    Exit codes: 0 all came out; 1 some did not; 2 usage; 130 Ctrl-C.
    """
    from lumiku.cli.batch import Request, run_batch

    raise typer.Exit(run_batch(Request(photos or [], output, ModelFlags(), look, file, run, matte)))
