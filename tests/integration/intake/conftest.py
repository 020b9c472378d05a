"""Fixtures of the intake's tests."""

from collections.abc import Iterator

import pytest

from support.raw_server import RawServer


@pytest.fixture
def server() -> Iterator[RawServer]:
    running = RawServer()
    yield running
    running.close()
