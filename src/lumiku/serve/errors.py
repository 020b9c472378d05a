"""Why `lumiku serve` does not start, or stops by itself."""

from lumiku.core.errors import Conflict, InvalidInput, Unavailable


class CannotListen(Conflict):
    """The address or port cannot be listened on."""

    code = "CANNOT_LISTEN"


class OpenToOthers(InvalidInput):
    """Open mode, on an address that other machines can reach."""

    code = "OPEN_TO_OTHERS"


class AddressUnknown(InvalidInput):
    """Workers that send mails listen nowhere, and nobody told them where the links in those lead."""

    code = "ADDRESS_UNKNOWN"


class DataFolderUnusable(Unavailable):
    """The data folder cannot be made or written."""

    code = "DATA_FOLDER_UNUSABLE"


class SecretsLost(Unavailable):
    """The data folder has no secrets, and the database was used with some."""

    code = "SECRETS_LOST"


class SchemaPending(Unavailable):
    """A role by itself finds a database that its release has not brought up to date."""

    code = "MIGRATION_PENDING"


class GivenUp(Unavailable):
    """A process could not be started again and again."""

    code = "CANNOT_START"
