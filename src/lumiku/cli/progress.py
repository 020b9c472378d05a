"""What is said while pictures go through: JSON lines, a bar on a terminal, or plain lines.

People are told on standard error, always; standard output belongs to pictures and to JSON.
"""

import sys
import time
from collections import Counter
from types import TracebackType
from typing import TYPE_CHECKING, Self

from lumiku.cli.report import Report, Status, printable
from lumiku.cli.stdout import write_stdout

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Teller:
    """Counts what became of the pictures, and sums it up at the end; says nothing on the way."""

    def __init__(self, total: int | None = None, *, quiet: bool = True) -> None:
        self.total = total
        self.quiet = quiet
        self.counts: Counter[Status] = Counter()
        self.failures: list[Report] = []
        self.warnings: list[str] = []
        self._begun = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the terminal as it was."""

    def add(self, report: Report) -> None:
        """Take note of one picture's end."""
        self.counts[report.status] += 1
        if report.status == "failed":
            self.failures.append(report)
        if report.lacks_subject:
            self.warnings.append(report.input)
        self.show(report)

    def show(self, report: Report) -> None:
        """Tell it at once."""

    def sum_up(self, *, interrupted: bool = False) -> None:
        """Name every failure and every picture without a subject, and give the counts."""
        for failure in self.failures:
            _say(f"error {failure.to_line()}")
        if self.quiet:
            return
        for name in self.warnings:
            _say(f"warning UNKNOWN_FOREGROUND  {printable(name)}: no subject was found; the result is empty.")
        if self.total == 1 and not interrupted:
            return
        seconds = max(time.monotonic() - self._begun, 1e-3)
        parts = [f"{self.counts['done']:,} done"]
        if skipped := self.counts["skipped"]:
            parts.append(f"{skipped:,} done before")
        if self.failures:
            codes = Counter(failure.error.code for failure in self.failures if failure.error)
            named = ", ".join(f"{count:,} {code}" for code, count in codes.most_common())
            parts.append(f"{len(self.failures):,} failed ({named})")
        if interrupted:
            parts.append(
                "interrupted" if self.total is None else f"{self._missing():,} not begun or given up"
            )
        _say(f"{', '.join(parts)} in {seconds:.1f} s ({self.counts.total() / seconds:.1f} a second)")

    def _missing(self) -> int:
        return max(0, (self.total or 0) - self.counts.total())


class JsonTeller(Teller):
    """One JSON object a picture on standard output, as they end."""

    def show(self, report: Report) -> None:
        """Print it now, so that a program can follow."""
        write_stdout(report.to_json().encode() + b"\n")


class LineTeller(Teller):
    """One line a picture, for logs."""

    def show(self, report: Report) -> None:
        """Leave out what was done before, what goes to standard output, and what the end says anyway."""
        if report.status == "skipped" or report.output == "-" or (report.error and self.total == 1):
            return
        count = self.counts.total()
        place = f"[{count:,}/{self.total:,}]" if self.total else f"[{count:,}]"
        prefix = "failed " if report.error else ""
        _say(f"{place} {prefix}{report.to_line()}")


class BarTeller(Teller):
    """A bar with rate and time left."""

    def __init__(self, total: int | None = None, *, quiet: bool = False) -> None:
        super().__init__(total, quiet=quiet)
        self._bar, self._task = _make_bar(total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away, also after Ctrl-C: the summary stays."""
        self._bar.stop()

    def show(self, report: Report) -> None:
        """Move on; what failed is named at the end."""
        del report
        self._bar.update(self._task, advance=1, rate=self._rate(), failed=len(self.failures))

    def _rate(self) -> str:
        seconds = time.monotonic() - self._begun
        return f"{self.counts.total() / seconds:.1f}/s" if seconds else ""


def make_teller(total: int | None, *, as_json: bool, quiet: bool) -> Teller:
    """The right one for where the output goes."""
    if as_json:
        return JsonTeller(total, quiet=quiet)
    if quiet:
        return Teller(total, quiet=True)
    if total is not None and total > 1 and sys.stderr.isatty():
        return BarTeller(total)
    return LineTeller(total, quiet=False)


def _make_bar(total: int | None) -> "tuple[Progress, TaskID]":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TextColumn("[red]{task.fields[failed]} failed", style="dim"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        expand=True,
    )
    return bar, bar.add_task("", total=total, rate="", failed=0)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
