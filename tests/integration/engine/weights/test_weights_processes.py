"""Several processes, killed ones and full disks around the same weights."""

import hashlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from misbehaving_files import BODY, FileServer

from lumiku.engine.catalog import ModelSpec
from lumiku.engine.settings import EngineSettings
from lumiku.engine.weights.store import ensure_weights

CHILD = """
import resource, sys
from pathlib import Path
from lumiku.core.errors import LumikuError
from lumiku.engine.catalog import ModelSpec, UrlSource
from lumiku.engine.settings import EngineSettings
from lumiku.engine.weights.store import ensure_weights

url, folder, sha256, size, limit = sys.argv[1:]
if int(limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
sources = (UrlSource(url),)
spec = ModelSpec("toy", "u2net", "toy.onnx", sha256, int(size), "MIT", "https://example.org", sources)
try:
    print("got", ensure_weights(spec, EngineSettings(models_dir=Path(folder))))
except LumikuError as error:
    print(error.code, error.message)
"""


@pytest.fixture
def pull(server: FileServer, tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    def start(file_size_limit: int = 0) -> subprocess.Popen[str]:
        arguments = [
            f"{server.url}/release/toy.onnx",
            str(tmp_path / "models"),
            hashlib.sha256(BODY).hexdigest(),
            str(len(BODY)),
            str(file_size_limit),
        ]
        return subprocess.Popen(
            [sys.executable, "-c", CHILD, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def wait_until(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not met():
        assert time.monotonic() < deadline, "what was waited for never came"
        time.sleep(0.01)


def test_two_pulls_at_once_fetch_once(
    server: FileServer, pull: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    second_may_finish: list[bool] = []

    def holds_until_both_run(server: FileServer, handler: BaseHTTPRequestHandler) -> None:
        server.send(handler, 200, 0, 1_000_000)
        handler.wfile.flush()
        wait_until(lambda: bool(second_may_finish))
        handler.wfile.write(BODY[1_000_000:])

    server.plan = [holds_until_both_run]
    first = pull()
    wait_until(lambda: len(server.requests) == 1)
    second = pull()
    warning = second.stderr.readline() if second.stderr else ""
    second_may_finish.append(True)
    outputs = [process.communicate(timeout=60)[0] for process in (first, second)]
    assert "Waiting for another process" in warning
    assert all(output.startswith("got") for output in outputs), outputs
    assert len(server.requests) == 1
    assert (tmp_path / "models" / "toy.onnx").read_bytes() == BODY


def test_a_killed_pull_is_resumed_and_blocks_nobody(
    server: FileServer,
    pull: Callable[..., subprocess.Popen[str]],
    make_spec: Callable[..., ModelSpec],
    tmp_path: Path,
) -> None:
    killed: list[bool] = []

    def holds_until_killed(server: FileServer, handler: BaseHTTPRequestHandler) -> None:
        server.send(handler, 200, 0, 2_500_000)
        handler.wfile.flush()
        wait_until(lambda: bool(killed))

    server.plan = [holds_until_killed]
    process = pull()
    folder = tmp_path / "models"
    wait_until(lambda: any(part.stat().st_size >= 1 << 20 for part in folder.glob("*.part")))
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    killed.append(True)
    assert not (folder / "toy.onnx").exists()

    path = ensure_weights(make_spec(), EngineSettings(models_dir=folder))
    assert path.read_bytes() == BODY
    assert server.ranges()[0] is None
    assert server.ranges()[1] is not None
    assert not list(folder.glob("*.part*"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_a_full_disk_is_named_and_leaves_nothing(
    server: FileServer, pull: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    output, _ = pull(file_size_limit=len(BODY) - 1).communicate(timeout=60)
    assert output.startswith("DISK_FULL No room left in"), output
    assert not list((tmp_path / "models").glob("toy.onnx*"))
    assert len(server.requests) == 1

    output, _ = pull(file_size_limit=len(BODY)).communicate(timeout=60)
    assert output.startswith("got"), output
