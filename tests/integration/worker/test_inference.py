"""Engine processes: what ends one costs its picture a try, and the next picture nothing."""

import asyncio
import io
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lumiku.core.settings import WorkerSettings
from lumiku.engine.options import Options
from lumiku.engine.remover import Remover
from lumiku.removals.engine import Order, OrderFailed
from lumiku.removals.process import CRASHED
from lumiku.settings import Settings
from lumiku.worker.inference import EnginePool, open_engine
from support import inference_fake as fake
from support.real_weights import settings_with
from support.removals import red_picture
from support.serving import HANG_S, until

TESTS = Path(__file__).parents[2]
PICTURE = red_picture()


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(TESTS))


def worker(**changes: object) -> WorkerSettings:
    return WorkerSettings(**{"inference_processes": 1, "warm": (), **changes})  # type: ignore[arg-type]


@asynccontextmanager
async def fake_engine(**changes: object) -> AsyncIterator[EnginePool]:
    async with open_engine(Settings(worker=worker(**changes)), fake.COMMAND) as engine:
        yield engine
        pids = engine.pids
    for pid in pids:
        assert not alive(pid), "a process was left"


def order(source: bytes = PICTURE, *, interactive: bool = False, **options: object) -> Order:
    return Order(source, "standard", options, interactive=interactive)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


async def failure_of(engine: EnginePool, source: bytes, **options: object) -> OrderFailed:
    with pytest.raises(OrderFailed) as caught:
        await asyncio.wait_for(engine.run(order(source, **options)), HANG_S)
    return caught.value


async def test_a_picture_comes_out_with_its_matte_and_thumbnail() -> None:
    async with fake_engine() as engine:
        made = await engine.run(order(red_picture(600, 900), format="webp", lossless=True))
    result = Image.open(io.BytesIO(made.result))
    assert (result.format, result.mode, result.size) == ("WEBP", "RGBA", (900, 600))
    matte = np.asarray(Image.open(io.BytesIO(made.matte)))
    assert matte.shape == (600, 900)
    assert np.array_equal(np.asarray(result)[..., 3], matte)
    thumbnail = Image.open(io.BytesIO(made.thumbnail))
    assert (thumbnail.format, thumbnail.size) == ("WEBP", (300, 200))
    assert (made.media_type, made.extension, made.found) == ("image/webp", "webp", True)
    assert {"pipeline", "executions", "confidence", "box", "timingsMs", "sha256"} <= set(made.facts)


async def test_a_background_image_is_laid_under() -> None:
    blue = io.BytesIO()
    Image.new("RGB", (8, 8), "blue").save(blue, "PNG")
    async with fake_engine() as engine:
        made = await engine.run(Order(PICTURE, "basic", {"format": "png"}, background=blue.getvalue()))
    result = np.asarray(Image.open(io.BytesIO(made.result)).convert("RGB"))
    assert tuple(result[0, 0]) == (0, 0, 255)


async def test_a_path_among_the_options_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(PICTURE)
    async with fake_engine() as engine:
        made = await engine.run(order(background_image=str(tmp_path / "secret.png")))
    assert Image.open(io.BytesIO(made.result)).mode == "RGBA"  # nothing is behind the subject


async def test_bad_pictures_and_options_are_told_apart_from_our_faults() -> None:
    async with fake_engine() as engine:
        (pid,) = await started(engine)
        wrong_type = await failure_of(engine, b"no picture")
        assert (wrong_type.cause, wrong_type.passing) == ("INVALID_FILE_TYPE", False)
        bad_option = await failure_of(engine, PICTURE, quality=1000)
        assert (bad_option.cause, bad_option.passing) == ("INVALID_INPUT", False)
        ours = await failure_of(engine, fake.WRONG)
        assert (ours.passing, "secret" in ours.message) == (True, False)
        assert engine.pids == [pid]


async def started(engine: EnginePool) -> list[int]:
    await engine.run(order())
    return engine.pids


@pytest.mark.parametrize("source", [fake.KILL, fake.NONSENSE])
async def test_a_process_that_ends_or_talks_nonsense_is_replaced(source: bytes) -> None:
    async with fake_engine() as engine:
        (pid,) = await started(engine)
        failure = await failure_of(engine, source)
        assert (failure.cause, failure.passing) == (CRASHED, True)
        assert await started(engine) != [pid]
        assert not alive(pid)


async def test_a_process_that_hangs_is_replaced() -> None:
    async with fake_engine(timeout_s=20) as engine:
        (pid,) = await started(engine)
        engine._places[0]._worker = worker(timeout_s=0.5)
        assert (await failure_of(engine, fake.HANG)).cause == CRASHED
        engine._places[0]._worker = worker()
        assert await started(engine) != [pid]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says what a process holds")
async def test_a_process_that_takes_too_much_memory_is_ended() -> None:
    async with fake_engine(memory_mb=600) as engine:
        assert (await failure_of(engine, fake.GROW)).cause == CRASHED
        assert (await engine.run(order())).found


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says what a process holds")
async def test_a_process_that_has_grown_is_replaced_after_its_picture() -> None:
    async with fake_engine(recycle_mb=250) as engine:
        (pid,) = await started(engine)
        assert await started(engine) == [pid]
        assert (await engine.run(order(fake.KEEP + PICTURE))).found
        assert await started(engine) != [pid]


async def test_a_process_killed_while_idle_costs_no_picture() -> None:
    async with fake_engine() as engine:
        for _ in range(3):
            (pid,) = await started(engine)
            os.kill(pid, signal.SIGKILL)
            while alive(pid):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)  # for the loop to hear of it
            assert (await engine.run(order())).found


async def test_giving_up_an_order_ends_its_process_at_once() -> None:
    async with fake_engine() as engine:
        (pid,) = await started(engine)
        running = asyncio.create_task(engine.run(order(fake.HANG)))
        await asyncio.sleep(0.2)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert (await asyncio.wait_for(engine.run(order()), HANG_S)).found
        assert not alive(pid)


async def test_orders_given_up_while_they_wait_leave_the_place_to_others() -> None:
    async with fake_engine() as engine:
        await started(engine)
        first = asyncio.create_task(engine.run(order(fake.SLOW + PICTURE)))
        waiting = [asyncio.create_task(engine.run(order())) for _ in range(3)]
        await asyncio.sleep(0.05)
        waiting[0].cancel()
        waiting[1].cancel()
        assert (await asyncio.wait_for(waiting[2], HANG_S)).found
        assert (await first).found


async def test_who_waits_for_a_picture_goes_before_batches() -> None:
    async with fake_engine() as engine:
        await started(engine)
        ended: list[str] = []

        async def run(name: str, *, interactive: bool) -> None:
            await engine.run(order(fake.SLOW + PICTURE, interactive=interactive))
            ended.append(name)

        batch = [asyncio.create_task(run("batch", interactive=False)) for _ in range(4)]
        await asyncio.sleep(0.05)
        await run("single", interactive=True)
        assert ended == ["batch", "single"]
        await asyncio.gather(*batch)


async def test_an_engine_that_does_not_start_blames_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_ENGINE_BROKEN", "1")
    async with fake_engine() as engine:
        failure = await failure_of(engine, PICTURE)
        assert (failure.cause, failure.passing) == ("ENGINE_UNAVAILABLE", True)
        monkeypatch.delenv("FAKE_ENGINE_BROKEN")
        assert (await engine.run(order())).found


async def test_processes_work_side_by_side() -> None:
    async with fake_engine(inference_processes=2) as engine:
        await asyncio.gather(*(engine.run(order()) for _ in range(6)))
        assert len(set(engine.pids)) == 2


async def test_a_process_knows_no_secret_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMIKU_DATABASE__URL", "postgresql://app:secret@localhost/lumiku")
    async with fake_engine() as engine:
        (pid,) = await started(engine)
        assert b"LUMIKU_DATABASE" not in Path(f"/proc/{pid}/environ").read_bytes()


OWNER = """
import asyncio, sys
from lumiku.core.settings import WorkerSettings
from lumiku.removals.engine import Order
from lumiku.settings import Settings
from lumiku.worker.inference import open_engine
from support import inference_fake as fake

async def main():
    settings = Settings(worker=WorkerSettings(inference_processes=2, warm=()))
    async with open_engine(settings, fake.COMMAND) as engine:
        while len(engine.pids) < 2:
            await asyncio.sleep(0.01)
        print(*engine.pids, flush=True)
        await engine.run(Order(fake.HANG, "standard", {}))

asyncio.run(main())
"""


async def test_the_processes_end_with_a_worker_that_is_killed() -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True, cwd=TESTS)
    assert owner.stdout is not None
    pids = [int(word) for word in owner.stdout.readline().split()]
    assert len(pids) == 2
    owner.kill()
    owner.wait()
    owner.stdout.close()
    until(lambda: not any(alive(pid) for pid in pids))


@pytest.mark.models
async def test_the_real_engine_gives_what_the_library_gives() -> None:
    from skimage import data

    settings = settings_with("isnet")
    picture = io.BytesIO()
    Image.fromarray(data.astronaut()).save(picture, "PNG")
    async with open_engine(Settings(engine=settings, worker=worker(warm=("standard",)))) as engine:
        made = await engine.run(order(picture.getvalue()))
    expected = Remover(settings).remove(picture.getvalue(), Options())
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(made.matte))), expected.matte)
    assert made.facts["pipeline"] == expected.pipeline
    assert made.found
