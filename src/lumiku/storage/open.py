"""Opens the storage that the settings name."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from obstore.store import LocalStore, from_url

from lumiku.core.errors import InvalidInput
from lumiku.storage.objects import ObjectStorage
from lumiku.storage.settings import StorageSettings

_MOST_RETRIES = 5
_SCHEMES = ("s3://", "gs://", "az://")


def open_storage(settings: StorageSettings, data: Path) -> ObjectStorage:
    """The bucket of `settings.url`, or the folder `storage` under `data`; nothing is asked of it yet.

    Raises:
        InvalidInput: the address has a scheme that we do not know.
        OSError: the folder cannot be made.
    """
    if settings.url is None:
        folder = (data / "storage").resolve()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return ObjectStorage(LocalStore(folder), folder)
    if not settings.url.startswith(_SCHEMES):
        raise InvalidInput(f"storage.url must begin with one of {', '.join(_SCHEMES)}")
    config: dict[str, Any] = {}
    if settings.url.startswith("s3://"):
        config = {
            "endpoint": settings.endpoint,
            "region": settings.region,
            "access_key_id": settings.access_key_id,
            "secret_access_key": settings.secret_access_key and settings.secret_access_key.get_secret_value(),
        }
    store = from_url(
        settings.url,
        # Its own would try ten times, for three minutes: whoever waits for the answer has gone by then.
        retry_config={"max_retries": _MOST_RETRIES, "retry_timeout": timedelta(seconds=settings.timeout_s)},
        client_options={"timeout": timedelta(seconds=settings.timeout_s), "allow_http": settings.allow_http},
        **{name: value for name, value in config.items() if value is not None},
    )
    return ObjectStorage(store)
