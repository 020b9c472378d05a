"""Open mode is refused where others could reach it."""

import pytest

from lumiku.core.settings import ServerSettings
from lumiku.serve.errors import OpenToOthers
from lumiku.serve.open_mode import refuse_open_to_others

LOCAL = ServerSettings(open=True)
PUBLIC = ServerSettings(open=True, host="0.0.0.0", force_open=True)


def test_only_loopback_unless_forced() -> None:
    refuse_open_to_others(LOCAL)
    refuse_open_to_others(PUBLIC)
    refuse_open_to_others(ServerSettings(host="0.0.0.0"))
    with pytest.raises(OpenToOthers, match="--force-open"):
        refuse_open_to_others(ServerSettings(open=True, host="0.0.0.0"))
