"""What a child of the supervisor finds in its environment: our own settings, and no new secret."""

import json
import os
from collections.abc import Mapping

from lumiku.core.settings import ServerSettings

_PREFIX = "LUMIKU_SERVER__"


def environment_of(server: ServerSettings, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our own environment, with the section `server` as the flags changed it.

    The other sections come from the variables that we read ourselves. Passwords of the embedded database
    stay in its files.
    """
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(_PREFIX)}
    ours = {
        f"{_PREFIX}{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in server.model_dump(mode="json").items()
        if value is not None
    }
    return {**kept, **ours, **(more or {})}
