"""Where the picture and the matte of a completed job lie, for whoever composes it anew."""

from lumiku.removals.errors import WrongState
from lumiku.removals.model import Job
from lumiku.storage.errors import FileExpired


def keys_of(job: Job) -> tuple[str, str]:
    """The keys of a job's picture and of its matte.

    Raises:
        WrongState: it has not come out.
        FileExpired: its files are no longer kept.
    """
    if job.status == "expired" or job.source_expired_at is not None:
        raise FileExpired("the picture is no longer kept; send it again")
    if job.status != "completed" or job.source_key is None or job.matte_key is None:
        raise WrongState(f"this job is {job.status}; only a completed one can be composed", status=job.status)
    return job.source_key, job.matte_key
