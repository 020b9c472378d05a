"""What can go wrong between the engine and the files on this machine."""

import errno

from lumiku.core.errors import Conflict, InvalidInput, LimitExceeded, LumikuError, NotFound


class UsageFault(InvalidInput):
    """The command line asks for something that makes no sense."""


class SourceNotFound(NotFound):
    """The picture is not there, or not any more."""


class NotReadable(InvalidInput):
    """The picture is there, but the system does not let us read it."""

    code = "NOT_READABLE"


class OutputExists(Conflict):
    """A file is where the result would go, and it is not the result of this very request."""

    code = "EXISTS"


class OutputIsInput(Conflict):
    """The result would replace a picture that it is made from."""

    code = "OUTPUT_IS_INPUT"


class NotWritable(InvalidInput):
    """The system does not let us write the result."""

    code = "NOT_WRITABLE"


class NoSpace(LimitExceeded):
    """The disk, a quota or a file-size limit has no room for the result."""

    code = "DISK_FULL"


class MatteMissing(NotFound):
    """There is no matte for this picture."""

    code = "MATTE_MISSING"


class Stopped(LumikuError):
    """The command was told to stop before this picture came out."""

    code = "INTERRUPTED"


_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def reading_failed(error: OSError) -> LumikuError:
    """What the system's refusal to read means."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return SourceNotFound("There is no such file.")
    if isinstance(error, IsADirectoryError):
        return NotReadable("It is a folder where a file was expected.")
    return NotReadable(f"The file cannot be read: {error.strerror or error}.")


def writing_failed(error: OSError) -> LumikuError:
    """What the system's refusal to write means."""
    if error.errno in _NO_SPACE:
        return NoSpace(f"There is no room for the result: {error.strerror}.")
    if isinstance(error, FileExistsError):
        return OutputExists("A file is in the way; --force replaces it.")
    return NotWritable(f"The result cannot be written: {error.strerror or error}.")
