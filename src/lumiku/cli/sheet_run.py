"""From pictures to contact sheets: cuts them out or finds their results, and writes the pages."""

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lumiku.cli.conduct import conduct
from lumiku.cli.configure import read_settings
from lumiku.cli.cutter import Cutter, settle
from lumiku.cli.errors import SourceNotFound, UsageFault
from lumiku.cli.flags import ModelFlags, RunFlags
from lumiku.cli.inputs import sort_arguments
from lumiku.cli.naming import EXTENSIONS, Destination, Job, Plan, choose_format
from lumiku.cli.reading import read_file, read_source
from lumiku.cli.report import Facts, Report, printable
from lumiku.cli.sheet_drawing import Tile, draw_sheet, shrink, shrink_straight
from lumiku.cli.work import facts_of
from lumiku.cli.write import write_file
from lumiku.engine.options import Options
from lumiku.engine.steps.compose import Canvas
from lumiku.engine.steps.decode import DecodeLimits, decode
from lumiku.engine.steps.encode import encode
from lumiku.engine.types import U8, Picture
from lumiku.settings import Settings

_ROWS_A_PAGE = 40
_FORMATS = ("png", "jpeg", "webp")


@dataclass(frozen=True, slots=True)
class SheetRequest:
    """One `lumiku sheet`, as given."""

    inputs: list[str]
    output: Path
    cutouts: Path | None
    height: int
    columns: int | None
    force: bool
    model: ModelFlags
    run: RunFlags


def run_sheet(request: SheetRequest) -> int:
    """Make the sheets, and give the exit code.

    Raises:
        InvalidInput: the request makes no sense.
        OutputExists: a sheet is there.
        ModelMissing, Unavailable: no picture can be cut out.
    """
    output_format, _ = choose_format(None, Destination(file=request.output))
    if output_format not in _FORMATS:
        raise UsageFault(f"-o cannot be '{request.output}': a sheet is {', '.join(_FORMATS)}.")
    if not request.inputs:
        raise UsageFault("Name at least one picture or folder (lumiku sheet --help).")
    if request.cutouts and not request.cutouts.is_dir():
        raise UsageFault(f"--cutouts cannot be '{request.cutouts}': there is no such folder.")
    settings = read_settings(request.model, request.run)
    recursive = not request.run.no_recursive
    # Results are sought under the names that `lumiku remove -o FOLDER` gives them.
    place = Destination(folder=request.cutouts or Path("cutouts-of-a-sheet"))
    plan = Plan(sort_arguments(request.inputs), place, recursive=recursive)
    jobs = list(plan.jobs())
    if not jobs:
        raise UsageFault("No pictures were found.")
    stop = threading.Event()
    options = Options(tier=request.model.tier, model=request.model.model, color_profile="srgb")
    maker = _TileMaker(settings, Cutter(settings, options, stop), request)
    ended = conduct(jobs, maker, stop, request.run, len(jobs))
    if not ended.cut_short:
        _write_pages([maker.tiles[job] for job in jobs], request, Options(format=output_format))
    return ended.code


class _TileMaker:
    """Makes one tile at a time; what failed gets one too."""

    def __init__(self, settings: Settings, cutter: Cutter, request: SheetRequest) -> None:
        self._settings = settings
        self._cutter = cutter
        self._request = request
        self.tiles: dict[Job, Tile] = {}

    def __call__(self, job: Job) -> Report:
        report = settle(job, lambda: self._make(job))
        if report.error:
            note = f"{report.error.code}: {report.error.message}"
            self.tiles[job] = Tile(printable(job.source.file_name), printable(note), failed=True)
        return report

    def _make(self, job: Job) -> Report:
        self._cutter.check_stop()
        data = read_source(job.source, self._settings)
        limits = DecodeLimits(self._settings.engine.max_bytes, self._settings.engine.max_pixels, "srgb")
        if self._request.cutouts:
            picture, result = decode(data, limits), decode(self._find(job), limits)
            note = f"{result.width}x{result.height}  {result.source_format}"
            self._keep(job, picture.rgb, result, note)
            return Report(job.source.name, str(self._request.output), "done")
        cutout = self._cutter.cut_out(job, data)
        facts = facts_of(cutout, Canvas(cutout.rgb, cutout.matte), dict(cutout.timings_ms))
        self._keep(job, cutout.original, Picture(cutout.rgb, cutout.matte), _note(facts))
        return Report(job.source.name, str(self._request.output), "done", facts=facts)

    def _keep(self, job: Job, before: U8, result: Picture, note: str) -> None:
        height = self._request.height
        if result.alpha is None:
            after = shrink(result.rgb, height)
            alpha = np.full(after.shape[:2], 255, np.uint8)
        else:
            after, alpha = shrink_straight(result.rgb, result.alpha, height)
        self.tiles[job] = Tile(printable(job.source.file_name), note, shrink(before, height), after, alpha)

    def _find(self, job: Job) -> bytes:
        if job.output:
            for extension in EXTENSIONS:
                if (path := job.output.with_suffix(extension)).is_file():
                    return read_file(path, self._settings)
        raise SourceNotFound("It has no result in the folder of --cutouts.")


def _note(facts: Facts) -> str:
    parts = [f"{facts.width}x{facts.height}", f"{facts.tier}", f"{facts.model}"]
    if facts.outcome == "ok":
        parts.append(f"confidence {facts.confidence:.2f}")
    else:
        parts.append("no subject found")
    return "  ".join([*parts, f"{sum(facts.ms.values()):.0f} ms"])


def _write_pages(tiles: list[Tile], request: SheetRequest, options: Options) -> None:
    columns = request.columns or (2 if len(tiles) > 6 else 1)
    page_size = _ROWS_A_PAGE * columns
    for start in range(0, len(tiles), page_size):
        page = start // page_size + 1
        path = request.output
        if page > 1:
            path = path.with_stem(f"{path.stem}-{page}")
        drawn = Canvas(draw_sheet(tiles[start : start + page_size], request.height, columns), None)
        write_file(path, encode(drawn, options).data, replace=request.force)
