"""Where everything of the embedded server lies below the data folder."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lumiku.postgres.errors import NotReachable

DATABASE: Final = "lumiku"
SUPERUSER: Final = "postgres"
OWNER_ROLE: Final = "lumiku_owner"
APP_ROLE: Final = "lumiku_app"

# A socket's path may have 107 bytes on Linux and 103 on macOS, with its zero.
_LONGEST_SOCKET: Final = 100
_SOCKET_NAME: Final = "/.s.PGSQL.65535"


@dataclass(frozen=True)
class Layout:
    """The names below `<data>/postgres`.

    lock            held by the owner of the server for as long as it lives
    <major>/        the cluster; its name is its version, so that an upgrade ends with one rename
    passwords/      one file for each role, 0600
    run/            the socket, 0700
    server.json     where the running server listens
    server.log      what it says
    """

    data: Path

    @property
    def home(self) -> Path:
        """The folder of everything below."""
        return self.data / "postgres"

    @property
    def lock(self) -> Path:
        """Locked by the owner."""
        return self.home / "lock"

    @property
    def log(self) -> Path:
        """The server's standard error."""
        return self.home / "server.log"

    @property
    def state(self) -> Path:
        """Where the running server listens."""
        return self.home / "server.json"

    @property
    def copied_binaries(self) -> Path:
        """The binaries once more, when they lie where the server's account cannot read them."""
        return self.home / "binaries"

    def password(self, role: str) -> Path:
        """The file with a role's password."""
        return self.home / "passwords" / role

    def cluster(self, major: int) -> Path:
        """The files of a major version's databases."""
        return self.home / str(major)

    def majors(self) -> list[int]:
        """The major versions that have a folder here, the oldest first.

        Raises:
            NotReachable: the folder is another account's.
        """
        try:
            return sorted(
                int(entry.name)
                for entry in self.home.iterdir()
                if entry.name.isdecimal() and (entry / "PG_VERSION").exists()
            )
        except FileNotFoundError:
            return []
        except PermissionError as error:
            raise NotReachable(
                f"{error.filename} is another account's; run this as the one that runs `lumiku serve`"
            ) from error

    @property
    def socket(self) -> Path:
        """The folder of the socket: `run`, or a short one below /tmp when that path is too long."""
        beside = self.home / "run"
        if len(f"{beside}{_SOCKET_NAME}".encode()) <= _LONGEST_SOCKET:
            return beside
        digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        return Path("/tmp") / f"lumiku-{digest}"  # noqa: S108  made 0700, and refused if somebody else's


def layout_of(data: Path) -> Layout:
    """The layout below a data folder, whatever way its path was written."""
    return Layout(data.expanduser().resolve())
