"""One server that the tests of a module share; each leaves it as whole as it found it."""

import sys
from collections.abc import Iterator

import pytest

from support.serving import Serving, data_folder, serving

if sys.platform != "linux":
    pytest.skip("processes are looked up in /proc", allow_module_level=True)


@pytest.fixture(scope="module")
def shared() -> Iterator[Serving]:
    with data_folder() as data, serving("serve", "--port", "0", "--data", str(data)) as started:
        started.data = data
        started.url = started.wait_ready()
        yield started
