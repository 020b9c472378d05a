"""`lumiku`: runs a command, and tells the shell how it ended."""

import os
import signal
import sys
import warnings


def main() -> None:
    """Run the command line; always ends with SystemExit and one of the documented codes."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # until we listen, Ctrl-C ends us without a traceback
    from lumiku.cli import exits, signals
    from lumiku.cli.report import one_line
    from lumiku.cli.stdout import ReaderGone, forget_stdout
    from lumiku.cli.wording import with_flags
    from lumiku.core.errors import LumikuError

    signals.listen()
    # Pillow warns of odd metadata with a line of its own source; the picture is read all the same.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    try:
        from lumiku.cli.app import app

        app(prog_name="lumiku")
    except LumikuError as error:
        _explain(error, f"error {error.code}: {one_line(with_flags(error))}")
        sys.exit(exits.exit_code(error))
    except signals.Interrupted as interruption:
        sys.stderr.write("interrupted\n")
        sys.exit(128 + interruption.signum)
    except ReaderGone:
        forget_stdout()
        sys.exit(exits.BROKEN_PIPE)
    except Exception as error:  # the last resort: a line rather than a page
        _explain(error, f"error INTERNAL_ERROR: a fault of ours ({type(error).__name__}: {error})")
        sys.exit(exits.OUR_FAULT)


def _explain(error: Exception, line: str) -> None:
    if os.environ.get("LUMIKU_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    sys.stderr.write(line + "\n")
