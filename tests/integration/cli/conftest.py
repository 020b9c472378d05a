"""The command line with a home of its own, so that neither records nor settings of the machine count."""

import os
from pathlib import Path

import pytest

from support.command_line import Cli


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    home = tmp_path / "home"
    folder = tmp_path / "work"
    home.mkdir()
    folder.mkdir()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LUMIKU_", "XDG_"))}
    env |= {"HOME": str(home), "LUMIKU_ENGINE__OFFLINE": "true", "COLUMNS": "100", "TERM": "xterm"}
    return Cli(folder, env)
