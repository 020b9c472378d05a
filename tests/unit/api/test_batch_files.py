"""Downloads of a batch: together, and none of them once the request has failed."""

import asyncio

import pytest

from lumiku.api.batch_files import BatchFiles
from lumiku.removals.model import Source
from lumiku.storage.errors import StorageUnavailable


async def test_where_one_cannot_be_stored_the_others_end_with_the_request() -> None:
    stored: list[str] = []
    begun, ended = asyncio.Event(), []

    async def download(url: str) -> Source:
        if url == "away":
            await begun.wait()
            raise StorageUnavailable("away")
        try:
            if url == "slow":
                begun.set()
                await asyncio.Event().wait()
            return Source(url, url, "png", 1, 1, 1, b"")
        finally:
            ended.append(url)

    files = BatchFiles(stored, urls=["quick", "away", "slow"])
    with pytest.raises(StorageUnavailable):
        await files.fetch_all(download, 3600)
    assert ended == ["quick", "slow"]
    assert stored == ["quick"]  # for the caller to delete
