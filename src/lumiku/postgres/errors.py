"""What can go wrong with the database's server and its folder."""

from lumiku.core.errors import Conflict, InvalidInput, LimitExceeded, NotFound, Unavailable


class ServerFailed(Unavailable):
    """PostgreSQL did not start, or a tool of it failed."""

    code = "DATABASE_FAILED"


class BinariesMissing(Unavailable):
    """There is no PostgreSQL here that could be run."""

    code = "DATABASE_BINARIES_MISSING"


class NotReachable(Unavailable):
    """The account that PostgreSQL runs as cannot reach the data folder."""

    code = "DATABASE_FOLDER_UNREACHABLE"


class OtherMajor(Conflict):
    """The data folder was written by another major version of PostgreSQL."""

    code = "DATABASE_OTHER_MAJOR"


class AlreadyRunning(Conflict):
    """Another process owns the server of this folder."""

    code = "DATABASE_ALREADY_RUNNING"


class NeverStarted(NotFound):
    """No embedded server was ever started in this folder."""

    code = "DATABASE_NEVER_STARTED"


class DiskFull(LimitExceeded):
    """The disk has no room for the database."""

    code = "DATABASE_DISK_FULL"


class NotEmpty(Conflict):
    """There is something already where something new would go."""

    code = "DATABASE_NOT_EMPTY"


class BadBackup(InvalidInput):
    """This is no backup of Lumiku, or it was damaged."""

    code = "BACKUP_DAMAGED"
