"""Pictures as strangers send them: what is no picture is refused with a 4xx, and nothing is stored."""

from pathlib import Path

import pytest

from lumiku.core.clock import utc_now
from lumiku.core.errors import InvalidInput, LimitExceeded, LumikuError
from lumiku.engine.steps.decode import DecodeLimits, decode
from lumiku.engine.steps.inspect import inspect
from lumiku.intake.errors import DownloadTooLarge, SourceRefused
from lumiku.intake.settings import IntakeSettings
from lumiku.removals.settings import RemovalsSettings
from lumiku.removals.sources import check_and_store, fetch_source
from lumiku.storage.base import Storage
from support.bad_pictures import bad_pictures
from support.pictures import encode_rgb, make_rgb
from support.raw_server import RawServer
from support.removals import red_picture
from support.submissions import keys_of, stored_source

SHARED = Path(__file__).parents[3] / ".." / "shared" / "data" / "badinput"
LIMITS = DecodeLimits(max_bytes=25_000_000, max_pixels=4_000_000)  # so that no test takes gigabytes


async def test_a_picture_is_stored_as_it_came(storage: Storage) -> None:
    data = red_picture()
    given = await stored_source(storage, data, "../my cat.png")
    assert await storage.get(given.key) == data
    assert given.key.endswith(".png")
    assert (given.name, given.type, given.size_bytes) == ("my cat.png", "png", len(data))
    assert (given.width, given.height) == (80, 60)


async def test_the_bytes_decide_and_not_the_name(storage: Storage) -> None:
    given = await stored_source(storage, encode_rgb(make_rgb(), "JPEG"), "cat.png")
    assert (given.type, given.key.rpartition(".")[2]) == ("jpeg", "jpg")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "INVALID_FILE_TYPE"),
        (b"<html>", "INVALID_FILE_TYPE"),
        (b"%PDF-1.7", "INVALID_FILE_TYPE"),
        (red_picture()[:-100], "UNREADABLE_IMAGE"),
        (encode_rgb(make_rgb(100, 60), "PNG"), "IMAGE_TOO_LARGE"),
        (red_picture() + bytes(3000), "FILE_TOO_LARGE"),
    ],
)
async def test_what_is_not_taken_is_not_stored(storage: Storage, data: bytes, code: str) -> None:
    small = RemovalsSettings(max_bytes=25_000 if code != "FILE_TOO_LARGE" else 2_000, max_pixels=5_000)
    with pytest.raises((InvalidInput, LimitExceeded)) as refused:
        await check_and_store(data, "cat.png", storage=storage, settings=small, now=utc_now())
    assert refused.value.code == code
    assert await keys_of(storage) == set()


def _outcomes(data: bytes) -> tuple[str, str]:
    """What reading through says, and what decoding then says."""
    found = []
    for read in (inspect, decode):
        try:
            read(data, LIMITS)
            found.append("ok")
        except (InvalidInput, LimitExceeded) as error:  # anything else is a fault, and comes out
            found.append(error.code)
    return found[0], found[1]


def test_what_passes_here_is_what_the_engine_will_take() -> None:
    """The small ones: those that only want to be slow are the decoder's own tests."""
    pictures = [each for each in bad_pictures() if len(each.data) < 5_000]
    wrong = [each.name for each in pictures if _outcomes(each.data)[0] == "ok" != _outcomes(each.data)[1]]
    assert wrong == []
    assert len(pictures) > 20


@pytest.mark.shared
def test_what_passes_of_the_shared_collection_is_what_the_engine_will_take() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"THE SHARED BAD FILES ARE ABSENT: {SHARED.name} beside the repository")
    files = [path for path in sorted(SHARED.rglob("*")) if path.is_file()][::4]
    wrong = []
    for path in files:
        passed, decoded = _outcomes(path.read_bytes())
        if passed == "ok" != decoded:
            wrong.append((path.name, decoded))
    assert wrong == []
    assert len(files) > 100


async def test_an_address_is_fetched_with_its_name(server: RawServer) -> None:
    settings = IntakeSettings(allow_private_addresses=True, max_bytes=100_000, timeout_s=5)
    url = server.will("/a%20cat.png?x=/b.png", "200 OK", red_picture())
    got = bytearray()
    assert await fetch_source(url, settings, got.extend) == "a cat.png"
    assert got == red_picture()


async def test_an_address_that_gives_nothing_is_the_callers_fault(server: RawServer) -> None:
    settings = IntakeSettings(allow_private_addresses=True, max_bytes=100, timeout_s=5)
    with pytest.raises(SourceRefused) as refused:
        await fetch_source(server.will("/gone", "404 Not Found", b""), settings, bytearray().extend)
    assert refused.value.details == {"status": 404}
    with pytest.raises(DownloadTooLarge):
        await fetch_source(server.will("/large", "200 OK", bytes(101)), settings, bytearray().extend)
    with pytest.raises(LumikuError):
        await fetch_source("http://127.0.0.1:1/", IntakeSettings(timeout_s=5), bytearray().extend)
