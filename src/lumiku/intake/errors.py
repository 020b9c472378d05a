"""What can go wrong while a picture is brought in."""

from lumiku.core.errors import InvalidInput, LimitExceeded, Unavailable


class SourceRefused(InvalidInput):
    """The address is not one we fetch from: not http(s), or private, loopback, link-local and the like."""

    code = "SOURCE_REFUSED"


class SourceFailed(Unavailable):
    """The other side did not give the picture: no answer, an error status, or an interrupted body."""

    code = "SOURCE_FAILED"


class DownloadTooLarge(LimitExceeded):
    """The other side sends more bytes than the limit."""

    code = "FILE_TOO_LARGE"
