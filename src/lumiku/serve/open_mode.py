"""Open mode, one person on a private machine without accounts, stays on that machine."""

from lumiku.core.settings import ServerSettings
from lumiku.serve.errors import OpenToOthers


def refuse_open_to_others(settings: ServerSettings) -> None:
    """Open mode stays on this machine unless that was forced.

    Raises:
        OpenToOthers: it would be reachable from elsewhere.
    """
    if settings.open and not settings.on_loopback and not settings.force_open:
        raise OpenToOthers(
            f"--open gives everybody who reaches {settings.host} all rights, without a password; "
            "listen on 127.0.0.1, or add --force-open if the network around it is yours alone"
        )
