"""Where a server that is struck keeps its files: on a disk that fills up, or in a bucket that errs."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lumiku.storage.settings import StorageSettings
from support.chaos import ENVIRONMENT
from support.chaos_faults import Victim
from support.cutting_s3 import s3_proxy
from support.postgres_accounts import IS_ROOT, small_disk
from support.s3 import new_bucket, s3_server, variables_of
from support.serving import data_folder

Place = tuple[Victim, StorageSettings]


@asynccontextmanager
async def on_small_disk(seed: int, size: str = "300m") -> AsyncIterator[Place]:
    """Database and files on one disk; only root can have one, and others do without its filling up."""
    chosen = random.Random(seed)
    if not IS_ROOT:
        with data_folder() as data:
            yield Victim(data, ENVIRONMENT, chosen), StorageSettings()
        return
    with small_disk(size) as disk:
        yield Victim(disk / "data", ENVIRONMENT, chosen, disk=disk), StorageSettings()


@asynccontextmanager
async def in_bucket(seed: int) -> AsyncIterator[Place]:
    """Files in a bucket behind a proxy that errs; looked at past it in the end."""
    chosen = random.Random(seed)
    with data_folder() as data, s3_server() as endpoint:
        settings = new_bucket(endpoint)
        async with s3_proxy(endpoint, chosen) as proxy:
            variables = variables_of(settings.model_copy(update={"endpoint": proxy.address}))
            yield Victim(data, {**ENVIRONMENT, **variables}, chosen, bucket=proxy), settings
