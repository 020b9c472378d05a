"""`lumiku serve` with an engine without models, on a quick clock: `support.chaos_serve.main()`.

What an engine makes of a picture is written in its width, for what comes in over HTTP must be a real picture.
Children import little before they watch their parent, as real ones do.
"""

import os
import sys
from functools import partial

from lumiku.core.tied import command_for
from lumiku.serve import child


def main() -> None:
    """The command line, whose children are those of this module."""
    from lumiku.cli.main import main as command_line
    from lumiku.serve import process

    process._MODULE = "support.chaos_serve"  # type: ignore[misc]
    command_line()


def _hurry(parent: int) -> None:
    from lumiku.core.parent import die_with_parent

    die_with_parent(parent)
    from lumiku.serve import work
    from lumiku.worker import retry
    from lumiku.worker.inference import open_engine
    from support.worker_process import hurry

    hurry()
    retry._FIRST_S = 1  # type: ignore[misc]
    engine = command_for(os.getpid(), "support.chaos_engine")
    work.open_engine = partial(open_engine, command=engine)  # type: ignore[assignment]


if __name__ == "__main__":
    role, *rest = sys.argv[1:]
    numbers = [int(each) for each in rest]
    if role == "worker":
        _hurry(numbers[0])
    sys.exit(child.main(role, numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else None))
