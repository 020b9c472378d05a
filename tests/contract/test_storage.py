"""One suite for every place that files can be kept in."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lumiku.core.errors import Conflict
from lumiku.storage.errors import BadKey, FileMissing, StorageUnavailable
from lumiku.storage.keys import is_unfinished, new_key
from lumiku.storage.objects import ObjectStorage
from lumiku.storage.open import open_storage
from lumiku.storage.settings import StorageSettings
from support.cutting_s3 import s3_proxy
from support.s3 import new_bucket, s3_server

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStorage:
    if request.param == "folder":
        return open_storage(StorageSettings(), tmp_path)
    return open_storage(new_bucket(request.getfixturevalue("endpoint")), tmp_path)


def key(extension: str = "png") -> str:
    return new_key("outputs", extension, NOW)


async def pieces(count: int, size: int) -> AsyncIterator[bytes]:
    for number in range(count):
        yield bytes([number]) * size


async def everything(stream: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in stream])


async def test_a_bucket_that_does_not_answer_is_not_asked_for_minutes(tmp_path: Path) -> None:
    asked, gone = [], asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        await reader.read()
        writer.close()
        gone.set()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        settings = StorageSettings(
            url="s3://silent",
            endpoint=f"http://127.0.0.1:{port}",
            region="us-east-1",
            access_key_id="test",
            secret_access_key="test",  # type: ignore[arg-type]
            allow_http=True,
            timeout_s=0.5,
        )
        with pytest.raises(StorageUnavailable):
            await open_storage(settings, tmp_path).get(key())
        await gone.wait()
    assert len(asked) == 1  # by the end of the first the time is over; obstore alone would ask eleven times


async def test_bytes_come_back_whole_and_in_parts(storage: ObjectStorage) -> None:
    name, content = key(), bytes(range(256)) * 40
    assert await storage.put(name, content) == len(content)
    assert await storage.get(name) == content
    assert await everything(storage.stream(name)) == content
    assert await everything(storage.stream(name, 100, 4000)) == content[100:4000]
    assert await everything(storage.stream(name, len(content))) == b""
    found = await storage.head(name)
    assert (found.key, found.size_bytes) == (name, len(content))
    assert found.etag
    assert '"' not in found.etag
    assert abs(found.stored_at - datetime.now(UTC)) < timedelta(minutes=5)


async def test_a_stream_and_a_file_are_stored_whole(storage: ObjectStorage, tmp_path: Path) -> None:
    streamed, copied = key(), key()
    assert await storage.put(streamed, pieces(20, 1 << 20)) == 20 << 20
    assert (await storage.get(streamed))[-1] == 19
    source = tmp_path / "picture"
    source.write_bytes(b"x" * 3_000_000)
    assert await storage.put(copied, source) == 3_000_000
    assert (await storage.head(copied)).size_bytes == 3_000_000


async def test_a_stream_that_breaks_off_leaves_nothing(storage: ObjectStorage) -> None:
    async def breaks() -> AsyncIterator[bytes]:
        yield b"x" * (1 << 20)
        raise ConnectionResetError("the uploader went away")

    name = key()
    with pytest.raises(Exception, match=r"storage|uploader"):
        await storage.put(name, breaks())
    with pytest.raises(FileMissing):
        await storage.head(name)


async def test_sizes_of_many(storage: ObjectStorage) -> None:
    names, missing = [key() for _ in range(40)], key()
    for length, name in enumerate(names):
        await storage.put(name, bytes(length))
    expected = {name: length for length, name in enumerate(names)}
    assert await storage.sizes([*names, missing]) == expected
    assert await storage.sizes([]) == {}


async def test_nothing_is_overwritten(storage: ObjectStorage) -> None:
    name = key()
    await storage.put(name, b"first")
    with pytest.raises(Conflict):
        await storage.put(name, b"second")
    assert await storage.get(name) == b"first"


async def test_an_answer_that_got_lost_does_no_harm(endpoint: str, tmp_path: Path) -> None:
    """The client asks again by itself, and finds what it stored."""
    settings = new_bucket(endpoint)
    async with s3_proxy(endpoint, random.Random(1)) as proxy:
        storage = open_storage(settings.model_copy(update={"endpoint": proxy.address}), tmp_path)
        proxy.lose_answers = 1
        name = key()
        assert await storage.put(name, b"once") == 4
        assert proxy.lose_answers == 0
        proxy.lose_answers = 1
        with pytest.raises(Conflict):
            await storage.put(name, b"another")
        assert await storage.get(name) == b"once"


async def test_what_a_killed_write_left_is_found_once_it_is_old(tmp_path: Path) -> None:
    storage = open_storage(StorageSettings(), tmp_path)
    whole, half, young = key(), key() + "#1", key() + "#27"
    await storage.put(whole, b"x")
    folder = tmp_path / "storage"
    for name in (half, young, "outputs/notes#1", half.replace("#1", "#x")):
        (folder / name).write_bytes(b"ha")
    for name in (half, whole, "outputs/notes#1"):
        os.utime(folder / name, (1_000_000_000, 1_000_000_000))
    before = datetime.now(UTC) - timedelta(hours=1)
    assert await storage.drop_unfinished(before, dry_run=True) == [half]
    assert (folder / half).exists()
    assert await storage.drop_unfinished(before) == [half]
    assert await storage.drop_unfinished(before) == []
    assert (folder / young).exists()
    assert (folder / "outputs/notes#1").exists()
    assert await storage.get(whole) == b"x"


async def test_a_write_in_progress_is_called_as_we_expect(tmp_path: Path) -> None:
    """Else what it leaves would never be found."""
    folder = tmp_path / "storage"
    storage = open_storage(StorageSettings(), tmp_path)
    seen: set[str] = set()

    async def look() -> AsyncIterator[bytes]:
        yield b"x" * (12 << 20)
        for _ in range(500):
            seen.update(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
            if seen:
                break
            await asyncio.sleep(0.01)

    await storage.put(key(), look())
    assert seen
    assert all(is_unfinished(name) for name in seen), seen


async def test_of_twins_one_is_stored(storage: ObjectStorage) -> None:
    name = key()
    done = await asyncio.gather(
        *(storage.put(name, bytes([number]) * 1000) for number in range(8)), return_exceptions=True
    )
    assert sum(result == 1000 for result in done) == 1
    assert len(set(await storage.get(name))) == 1


async def test_what_is_not_there_is_missing_and_can_be_deleted(storage: ObjectStorage) -> None:
    name = key()
    for ask in (storage.get(name), storage.head(name), everything(storage.stream(name))):
        with pytest.raises(FileMissing):
            await ask
    await storage.delete([name])
    await storage.delete([])
    there = [key() for _ in range(12)]
    for each in there:
        await storage.put(each, b"here")
    await storage.delete([key(), *there[:6], key(), *there[6:]])
    for each in there:
        with pytest.raises(FileMissing):
            await storage.head(each)


async def test_a_folder_is_listed(storage: ObjectStorage) -> None:
    names = {key() for _ in range(5)}
    for name in names:
        await storage.put(name, b"x")
    await storage.put(new_key("uploads", "jpg", NOW), b"x")
    assert {found.key async for found in storage.list("outputs/2026/11")} == names


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "outputs/../x.png", "outputs/2026/11/24/a.png", "", "/etc/passwd"]
)
async def test_only_our_own_keys_reach_the_store(storage: ObjectStorage, name: str) -> None:
    for ask in (storage.get(name), storage.put(name, b"x"), storage.head(name), storage.delete([name])):
        with pytest.raises(BadKey):
            await ask


async def test_the_probe_works(storage: ObjectStorage) -> None:
    assert await storage.check() == "writes, reads and deletes"
    assert [found async for found in storage.list("probes")] == []


async def test_a_service_that_is_away_says_so_without_its_address(tmp_path: Path) -> None:
    with s3_server() as address:
        settings = new_bucket(address)
    gone = open_storage(settings.model_copy(update={"timeout_s": 1}), tmp_path)
    with pytest.raises(StorageUnavailable) as raised:
        await gone.get(key())
    assert "127.0.0.1" not in str(raised.value)


async def test_what_is_read_from_a_folder_stays_whole_while_it_is_deleted(tmp_path: Path) -> None:
    storage = open_storage(StorageSettings(), tmp_path)
    name = key()
    await storage.put(name, pieces(3, 1 << 20))
    stream = storage.stream(name)
    first = await anext(stream)
    await storage.delete([name])
    assert len(first + await everything(stream)) == 3 << 20


async def test_what_grows_shorter_while_it_is_read_is_not_taken_for_whole(tmp_path: Path) -> None:
    storage = open_storage(StorageSettings(), tmp_path)
    name = key()
    await storage.put(name, pieces(3, 1 << 20))
    stream = storage.stream(name)
    await anext(stream)
    os.truncate(tmp_path / "storage" / name, 1 << 20)
    with pytest.raises(StorageUnavailable):
        await everything(stream)


async def test_a_full_or_closed_folder_says_so(tmp_path: Path) -> None:
    storage = open_storage(StorageSettings(), tmp_path)
    (tmp_path / "storage" / "outputs").write_text("in the way")
    with pytest.raises(StorageUnavailable):
        await storage.put(key(), b"x")
