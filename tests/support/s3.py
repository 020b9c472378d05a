"""An S3 service on loopback: moto's, in a thread of this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import httpx
from moto.server import ThreadedMotoServer

from lumiku.storage.settings import StorageSettings


@contextmanager
def s3_server() -> Iterator[str]:
    """Gives its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def new_bucket(endpoint: str) -> StorageSettings:
    """Settings for a bucket that nobody else uses."""
    bucket = f"test-{uuid4().hex}"
    httpx.put(f"{endpoint}/{bucket}", timeout=60).raise_for_status()
    return StorageSettings(
        url=f"s3://{bucket}",
        endpoint=endpoint,
        region="us-east-1",
        access_key_id="test",
        secret_access_key="test",  # type: ignore[arg-type]
        allow_http=True,
        timeout_s=5,
    )


def variables_of(settings: StorageSettings) -> dict[str, str]:
    """The environment that tells a process of this bucket."""
    told = {**settings.model_dump(exclude_none=True), "secret_access_key": "test"}
    return {f"LUMIKU_STORAGE__{name.upper()}": str(value) for name, value in told.items()}
