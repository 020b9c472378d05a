"""What `remove` and `compose` share: from arguments to a finished run and its exit code."""

import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lumiku.cli.conduct import conduct
from lumiku.cli.configure import fingerprint, read_options, read_settings
from lumiku.cli.cutter import Cutter
from lumiku.cli.errors import UsageFault
from lumiku.cli.flags import FileFlags, Format, LookFlags, ModelFlags, RunFlags
from lumiku.cli.inputs import sort_arguments
from lumiku.cli.mattes import Mattes
from lumiku.cli.naming import Job, Plan, choose_destination, choose_format
from lumiku.cli.records import Records, records_path
from lumiku.cli.resume import Ledger, identities
from lumiku.cli.watch import watch
from lumiku.cli.work import Bench


@dataclass(frozen=True, slots=True)
class Request:
    """One command, as given."""

    inputs: list[str]
    out: str | None
    model: ModelFlags
    look: LookFlags
    file: FileFlags
    run: RunFlags
    matte: Path | None = None
    save_matte: bool = False
    watched: Path | None = None


def run_batch(request: Request) -> int:
    """Do all that was asked for, and give the exit code.

    Raises:
        InvalidInput: the request makes no sense; nothing was done.
        ModelMissing, Unavailable: no picture can come out.
    """
    plan, output_format = _plan(request)
    settings = read_settings(request.model, request.run)
    options = read_options(request.model, request.look, request.file, output_format)
    _check(request, plan)
    total = None if request.watched else sum(1 for _ in plan.jobs())
    if total == 0:
        raise UsageFault("No pictures were found.")
    stop = threading.Event()
    mattes = Mattes(request.matte, settings) if request.matte else None
    cutter = Cutter(settings, options, stop, mattes)
    records = Records(records_path())
    made = fingerprint(
        options, matte=request.matte, save_matte=request.save_matte, precision=settings.engine.precision
    )
    inputs = identities([source.path for source in plan.arguments.pictures if source.kind == "file"])
    ledger = Ledger(records, made, inputs, force=request.file.force)
    bench = Bench(settings, options, cutter, ledger)
    jobs: Iterable[Job | None] = watch(plan.jobs) if request.watched else plan.jobs()
    try:
        return conduct(jobs, bench, stop, request.run, total).code
    finally:
        records.close()


def _plan(request: Request) -> tuple[Plan, Format]:
    inputs = [str(request.watched)] if request.watched else request.inputs
    if not inputs:
        raise UsageFault("Name at least one picture, folder or address (lumiku remove --help).")
    arguments = sort_arguments(inputs)
    destination = choose_destination(request.out, arguments)
    output_format, extension = choose_format(request.file.format, destination)
    recursive = not request.run.no_recursive
    plan = Plan(arguments, destination, extension, request.save_matte, recursive)
    plan.folders()
    return plan, output_format


def _check(request: Request, plan: Plan) -> None:
    stdout = plan.destination.stdout
    if stdout and request.run.json:
        raise UsageFault("Standard output holds either the picture or JSON, not both.")
    if stdout and request.save_matte:
        raise UsageFault("--save-matte needs an output file to lie beside.")
    if stdout and sys.stdout.isatty():
        raise UsageFault("A picture is not written to a terminal: redirect it, or name a file with -o.")
    if request.watched and (request.inputs or not request.watched.is_dir()):
        raise UsageFault("--watch takes one folder that is there, and no other inputs.")
    if request.matte and not request.matte.exists():
        raise UsageFault(f"--matte cannot be '{request.matte}': there is nothing of that name.")
    if request.matte and not request.matte.is_dir() and not plan.arguments.is_single:
        raise UsageFault("--matte names one file, and one matte fits one picture: name a folder of mattes.")
