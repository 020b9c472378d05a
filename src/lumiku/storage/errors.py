"""What can go wrong with stored files."""

from lumiku.core.errors import Forbidden, Gone, InvalidInput, NotFound, Unavailable


class FileMissing(NotFound):
    """No file is stored under this key."""

    code = "FILE_MISSING"


class FileExpired(Gone):
    """The file was there, and its time is over."""

    code = "FILE_EXPIRED"


class BadKey(InvalidInput):
    """Not a key that we ever made."""


class LinkInvalid(Forbidden):
    """The link was changed, or was never signed by us."""


class LinkExpired(Gone):
    """The link's time is over; the file may still be there."""

    code = "LINK_EXPIRED"


class StorageUnavailable(Unavailable):
    """The folder or the service does not take or give files now."""
