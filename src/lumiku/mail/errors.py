"""What can go wrong between us and the SMTP server."""

from lumiku.core.errors import InternalError, Unavailable


class MailUnavailable(Unavailable):
    """The server does not answer, or not now; trying again may help."""


class MailRefused(InternalError):
    """The server will not take this mail; trying again changes nothing."""

    code = "MAIL_REFUSED"


class MailTooLate(InternalError):
    """What it is about was asked for so long ago that nobody waits for it any more."""

    code = "MAIL_TOO_LATE"
