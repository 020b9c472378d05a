"""One picture: read, cut out, compose, encode, write; and what becomes of it when any of this fails."""

import time
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from lumiku.cli.cutter import Cutter, settle
from lumiku.cli.errors import OutputExists
from lumiku.cli.inputs import Source
from lumiku.cli.naming import Job
from lumiku.cli.reading import mtime_ns, read_source
from lumiku.cli.report import Facts, Report
from lumiku.cli.resume import Ledger
from lumiku.cli.stdout import write_stdout
from lumiku.cli.write import write_file
from lumiku.engine.cutout import Cutout
from lumiku.engine.options import Options
from lumiku.engine.steps.compose import Canvas
from lumiku.engine.steps.encode import encode
from lumiku.engine.steps.png import write_png
from lumiku.settings import Settings


class Bench:
    """Does one job at a time, in as many threads as call it."""

    def __init__(
        self,
        settings: Settings,
        options: Options,
        cutter: Cutter,
        ledger: Ledger,
    ) -> None:
        self._settings = settings
        self._options = options
        self._cutter = cutter
        self._ledger = ledger

    def __call__(self, job: Job) -> Report:
        """Do the job."""
        return settle(job, lambda: self._do(job))

    def _do(self, job: Job) -> Report:
        self._cutter.check_stop()
        source, modified = _full_name(job.source), mtime_ns(job.source)
        skipped = Report(job.source.name, job.output_name, "skipped")
        if job.output and self._ledger.is_current(job.output, source, modified):
            return skipped
        clock = _Clock()
        data = read_source(job.source, self._settings)
        clock.stop("read")
        cutout = self._cutter.cut_out(job, data)
        clock.skip(cutout.timings_ms)
        canvas = cutout.compose(self._options)
        clock.stop("compose")
        encoded = encode(canvas, self._options, threads=self._settings.engine.threads)
        clock.stop("encode")
        if job.matte_output:
            matte_data = write_png(cutout.matte, None, threads=self._settings.engine.threads)
            self._write(job.matte_output, matte_data, source, modified)
        if job.output is None:
            write_stdout(encoded.data)
        elif not self._write(job.output, encoded.data, source, modified):
            return skipped
        clock.stop("write")
        facts = facts_of(cutout, canvas, clock.ms)
        matte = str(job.matte_output) if job.matte_output else None
        return Report(job.source.name, job.output_name, "done", matte, facts)

    def _write(self, output: Path, data: bytes, source: str, modified: int | None) -> bool:
        """Write a file; False where another run made the very same first, or an earlier try did."""
        try:
            write_file(
                output,
                data,
                mtime_ns=modified,
                replace=self._ledger.force,
                before_naming=partial(self._ledger.keep, output, source, modified),
            )
        except OutputExists:
            if not self._ledger.is_current(output, source, modified):
                raise
            return False
        return True


class _Clock:
    """Milliseconds by step."""

    def __init__(self) -> None:
        self.ms: dict[str, float] = {}
        self._last = time.perf_counter()

    def stop(self, step: str) -> None:
        """Note the time since the last step's end."""
        now = time.perf_counter()
        self.ms[step] = round(1000 * (now - self._last), 1)
        self._last = now

    def skip(self, steps: Mapping[str, float]) -> None:
        """Take over the engine's own times for what just happened."""
        self.ms |= {step: round(ms, 1) for step, ms in steps.items()}
        self._last = time.perf_counter()


def facts_of(cutout: Cutout, canvas: Canvas, ms: dict[str, float]) -> Facts:
    """What the engine tells about a result."""
    ran, box = cutout.executions, cutout.box
    return Facts(
        width=canvas.width,
        height=canvas.height,
        tier=cutout.tier,
        pipeline=cutout.pipeline,
        model=_joined(each.model for each in ran),
        runtime=_joined(each.runtime for each in ran),
        device=_joined(each.device for each in ran),
        precision=_joined(each.precision for each in ran),
        confidence=round(cutout.confidence, 4),
        box=(box.left, box.top, box.right, box.bottom) if box else None,
        outcome=cutout.outcome,
        ms=ms,
    )


def _joined(names: Iterable[str]) -> str | None:
    return "+".join(dict.fromkeys(names)) or None


def _full_name(source: Source) -> str:
    return str(source.path.absolute()) if source.kind == "file" else source.name
