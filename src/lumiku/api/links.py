"""Addresses of a job's files, as answers give them: signed, for a while, and from the root of this server."""

from dataclasses import dataclass
from pathlib import PurePath

from lumiku.bootstrap import Services
from lumiku.removals.model import Job
from lumiku.storage.signing import sign_url


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
    stem = stem_of(job.original_name)
    source = job.source_key if job.source_expired_at is None else None
    return Links(
        original=_signed(services, source, job.original_name or f"{stem}.{job.source_type}"),
        processed=_signed(services, job.result_key, result_name(job)),
        thumbnail=_signed(services, job.thumbnail_key, f"{stem}-thumbnail.webp"),
    )


def result_name(job: Job) -> str:
    """What the result is saved as: `removed-<original name>.png`."""
    ending = job.result_key.rpartition(".")[2] if job.result_key else "png"
    return f"removed-{stem_of(job.original_name)}.{ending}"


def stem_of(name: str) -> str:
    """A file's name without its ending."""
    return PurePath(name).stem or "image"


def _signed(services: Services, key: str | None, filename: str) -> str | None:
    if key is None:
        return None
    lifetime_s = services.settings.storage.link_lifetime_s
    return sign_url(services.secrets, key, filename, now=services.clock(), lifetime_s=lifetime_s)
