"""The tasks that can be queued, and the queue of each; what they do is the worker's business."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class TaskName:
    """A task that some process runs later.

    Attributes:
        name: what stands in the queue's rows; a row may outlive a release, so a name is never reused.
        queue: whose workers take it. Each queue has workers of its own, so none waits behind another's rows.
        retries: how often it is tried again when it fails for a passing reason.
    """

    name: str
    queue: str
    retries: int = 3


REMOVE: Final = TaskName("remove", "removals", retries=1000)  # its own row counts, and ends it
SEND_MAIL: Final = TaskName("send_mail", "mail", retries=5)
RELEASE_STALE_HOLDS: Final = TaskName("release_stale_holds", "maintenance", retries=0)
PURGE_EXPIRED: Final = TaskName("purge_expired", "maintenance", retries=0)
AUDIT_LEDGER: Final = TaskName("audit_ledger", "maintenance", retries=1)

TASKS: Final = (REMOVE, SEND_MAIL, RELEASE_STALE_HOLDS, PURGE_EXPIRED, AUDIT_LEDGER)
QUEUES: Final = tuple(dict.fromkeys(task.queue for task in TASKS))
