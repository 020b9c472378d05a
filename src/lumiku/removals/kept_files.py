"""Which files of a completed job are kept, and where they lie, for whoever composes it anew."""

from lumiku.removals.errors import WrongState
from lumiku.removals.model import Job
from lumiku.storage.errors import FileExpired


def require_result(job: Job) -> None:
    """Pass a job that came out and whose result is kept, which is longer than its picture is.

    Raises:
        WrongState: it has not come out.
        FileExpired: its files are no longer kept.
    """
    if job.status == "expired":
        raise _expired()
    if job.status != "completed":
        raise WrongState(f"this job is {job.status}; only a completed one can be composed", status=job.status)


def keys_of(job: Job) -> tuple[str, str]:
    """The keys of a job's picture and of its matte.

    Raises:
        WrongState: it has not come out.
        FileExpired: its files are no longer kept.
    """
    require_result(job)
    if job.source_expired_at is not None or job.source_key is None or job.matte_key is None:
        raise _expired()
    return job.source_key, job.matte_key


def _expired() -> FileExpired:
    return FileExpired("the picture is no longer kept; send it again")
