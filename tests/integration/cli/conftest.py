"""The command line with a home of its own, so that neither records nor settings of the machine count."""

from pathlib import Path

import pytest

from support.command_line import Cli, isolated


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return isolated(tmp_path)
