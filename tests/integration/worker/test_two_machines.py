"""Two workers that share a database and a bucket, and no folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lumiku.core.db import Database
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.open import open_storage
from lumiku.storage.settings import StorageSettings
from support import inference_fake as fake
from support.child_process import running
from support.credits import balance_of, new_account
from support.database import query
from support.removals import red_picture, row_of, submit, what_is_wrong
from support.s3 import new_bucket, s3_server, variables_of
from support.serving import until

UNENDED = "SELECT count(*) FROM background_removal_jobs WHERE status IN ('pending', 'processing')"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[StorageSettings]:
    """Which the workers are told of by their environment."""
    with s3_server() as endpoint:
        settings = new_bucket(endpoint)
        for name, value in variables_of(settings).items():
            monkeypatch.setenv(name, value)
        yield settings


async def test_they_share_the_work_and_take_over_from_each_other(
    db: Database, database_url: str, tmp_path: Path, bucket: StorageSettings
) -> None:
    folders = [tmp_path / "first", tmp_path / "second"]
    storage = open_storage(bucket, tmp_path / "none")
    user_id = await new_account(db, 1000)
    slow = fake.SLOW + red_picture()
    ids = await submit(db, storage, user_id, [slow] * 12, batch=True)
    taken = "SELECT count(DISTINCT worker_id) FROM procrastinate_jobs WHERE status = 'doing'"
    first, second = (running("support.removal_worker", database_url, folder) for folder in folders)
    with first as doomed, second:
        until(lambda: query(database_url, taken)[0][0] == 2)
        doomed.kill()
        until(lambda: query(database_url, UNENDED) == [(0,)])
    rows = [await row_of(db, jobs, job_id) for job_id in ids]
    assert {row["status"] for row in rows} == {"completed"}
    assert (await balance_of(db, user_id)).available == 1000 - 12 * 8
    assert await what_is_wrong(db, storage) == []
    left = {name for folder in folders for _, _, names in os.walk(folder) for name in names}
    assert left == {"secrets.json"}
