"""Where the server of a data folder was reached last: other commands do not know what port it was told."""

from contextlib import suppress
from pathlib import Path

from lumiku.core.settings import ServerSettings

_NAME = "address"


def note_address(server: ServerSettings) -> None:
    """Keep it in the data folder; links are only less right where that fails."""
    with suppress(OSError):
        (server.data / _NAME).write_text(f"{server.base_url}\n", encoding="utf-8")


def known_address(server: ServerSettings, data: Path) -> str:
    """What links begin with: as is set here, else as the server of this folder noted, else the default."""
    noted = ""
    if not server.public_url:
        with suppress(OSError):
            noted = (data / _NAME).read_text(encoding="utf-8").strip()
    return noted or server.base_url
