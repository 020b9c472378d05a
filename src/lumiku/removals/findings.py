"""What a cleanup does or comes across, one thing at a time."""

from dataclasses import dataclass
from typing import Literal

What = Literal[
    "batch-abandoned",
    "batch-expired",
    "job-expired",
    "original-expired",
    "file-deleted",
    "orphan-deleted",
    "orphan-kept",
    "unfinished-deleted",
    "file-missing",
    "not-deleted",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing.

    Attributes:
        what: happened, or in a dry run would happen: a batch that nobody started, a batch or a job is
            expired, a job's original is; a file of such a row was deleted, or one that no row names, or that
            one stayed because there are too many of them; a write that was killed left half a file, which was
            deleted; the file of a row that should have it is not
            there; the storage refused to delete a file, which the next cleanup tries again.
        subject: the id of a row or the key of a file.
        job: where a file is missing, the id of its job.
    """

    what: What
    subject: str
    job: str | None = None
