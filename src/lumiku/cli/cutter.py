"""The engine as the commands use it: made when first needed, given up when told to stop."""

import os
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from lumiku.cli.errors import Stopped
from lumiku.cli.mattes import Mattes
from lumiku.cli.naming import Job
from lumiku.cli.report import Report
from lumiku.cli.stdout import ReaderGone
from lumiku.core.errors import InternalError, LumikuError
from lumiku.engine.cutout import Cutout
from lumiku.engine.errors import (
    ImageTooLarge,
    LicenceNotAccepted,
    ModelCorrupt,
    ModelMissing,
    RuntimeUnavailable,
    UnknownModel,
    WeightsUnavailable,
)
from lumiku.engine.load import load_remover
from lumiku.engine.options import Options
from lumiku.engine.types import Deadline
from lumiku.settings import Settings

# What only loading a model raises, which happens once the first picture is decoded.
_NO_MODEL = (
    LicenceNotAccepted,
    ModelCorrupt,
    ModelMissing,
    RuntimeUnavailable,
    UnknownModel,
    WeightsUnavailable,
)


class CannotRun(Exception):
    """No picture can come out: the model or runtime is not to be had. Ends the whole run."""

    def __init__(self, cause: LumikuError) -> None:
        super().__init__(cause.message)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class StoppableDeadline(Deadline):
    """A deadline that is also over when the command is told to stop."""

    stop: threading.Event | None = None

    def check(self, step: str) -> None:
        """Raise before `step` where the time is over or the command is to stop."""
        if self.stop is not None and self.stop.is_set():
            raise Stopped("The command was told to stop.")
        Deadline.check(self, step)


class Cutter:
    """Finds the matte of pictures: by a model that is loaded once, or from mattes that were given."""

    def __init__(
        self, settings: Settings, options: Options, stop: threading.Event, mattes: Mattes | None = None
    ) -> None:
        self._settings = settings
        self._options = options
        self._stop = stop
        self._mattes = mattes
        self._remover = load_remover(settings.engine)

    def check_stop(self) -> None:
        """Raise Stopped where the command was told to stop."""
        if self._stop.is_set():
            raise Stopped("The command was told to stop.")

    def cut_out(self, job: Job, data: bytes) -> Cutout:
        """The cutout of one picture.

        Raises:
            CannotRun: no picture can come out, whichever it is.
            LumikuError: this one cannot.
        """
        deadline = StoppableDeadline(Deadline.after(self._settings.engine.timeout_s).at, self._stop)
        if self._mattes is not None:
            matte = self._mattes.read(job)
            return self._remover.apply_matte(data, matte, self._options, deadline)
        try:
            return self._remover.remove(data, self._options, deadline)
        except _NO_MODEL as error:
            raise CannotRun(error) from error


def settle(job: Job, action: Callable[[], Report]) -> Report:
    """Turn whatever goes wrong with one picture into its report.

    Raises:
        ReaderGone, CannotRun: what concerns all pictures.
    """
    failure: LumikuError
    try:
        return action()
    except LumikuError as error:
        failure = error
    except (ReaderGone, CannotRun):
        raise
    except MemoryError:
        failure = ImageTooLarge("The picture needs more memory than there is.")
    except Exception as error:  # a fault of ours costs one picture, not the run
        if os.environ.get("LUMIKU_DEBUG") == "1":
            traceback.print_exc()
        failure = InternalError(f"A fault of ours ({type(error).__name__}); LUMIKU_DEBUG=1 shows where.")
    return Report(job.source.name, job.output_name, "failed", error=failure)
