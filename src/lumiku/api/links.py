"""Addresses of a job's files, as answers give them: signed, for a while, and from the root of this server."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from lumiku.bootstrap import Services
from lumiku.removals.model import Job
from lumiku.storage.keys import kind_of
from lumiku.storage.signing import PREFIX, sign_url

# Of what is shared: people open it, who are told in words what has ended. What is stored is for programs.
SHARED_PREFIX: Final = "/shared/"


@dataclass(frozen=True)
class Links:
    """Each is None where there is no such file, or no more."""

    original: str | None
    processed: str | None
    thumbnail: str | None


def links_of(job: Job, services: Services) -> Links:
    """Links to all files of a job."""
    if job.status == "expired":
        return Links(None, None, None)
    source = job.source_key if job.source_expired_at is None else None
    return Links(
        original=_signed(services, source, job),
        processed=_signed(services, job.result_key, job),
        thumbnail=_signed(services, job.thumbnail_key, job),
    )


def shared_link(services: Services, key: str, filename: str) -> str:
    """An address that shows a composition to whoever has it."""
    lifetime_s = services.settings.storage.link_lifetime_s
    signed = sign_url(services.secrets, key, filename, now=services.clock(), lifetime_s=lifetime_s)
    return SHARED_PREFIX + signed.removeprefix(f"{PREFIX}outputs/")


def saved_as(key: str, original_name: str) -> str:
    """What a file of a job is saved as, by its key and the name of the picture that the job was given."""
    stem, ending = PurePath(original_name).stem or "image", key.rpartition(".")[2]
    match kind_of(key):
        case "outputs":
            return removed_name(original_name, ending)
        case "thumbnails":
            return f"{stem}-thumbnail.{ending}"
        case _:
            return original_name or f"{stem}.{ending}"


def removed_name(original_name: str, ending: str) -> str:
    """What a result is saved as: `removed-<original name>.png`."""
    return f"removed-{PurePath(original_name).stem or 'image'}.{ending}"


def _signed(services: Services, key: str | None, job: Job) -> str | None:
    if key is None:
        return None
    lifetime_s, name = services.settings.storage.link_lifetime_s, saved_as(key, job.original_name)
    return sign_url(services.secrets, key, name, now=services.clock(), lifetime_s=lifetime_s)
