"""What tests know of the others that run beside them."""

import os
from collections.abc import Iterable

import pytest


def threads_each() -> int:
    """Inference threads for one of several test processes; 0, all cores, where it is alone."""
    return 1 if int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1 else 0


def long_first(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Files with a test that is marked `long`, whole, then all others; else as they were."""
    tests = list(items)
    first = {item.path for item in tests if item.get_closest_marker("long")}
    return sorted(tests, key=lambda item: item.path not in first)
