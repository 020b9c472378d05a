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
        longest_pause_s: pauses between tries double from 5 s on, up to this.
    """

    name: str
    queue: str
    retries: int = 3
    longest_pause_s: int = 600


# Pictures that somebody waits for have a queue of their own, so that none is stuck behind a batch's that a
# worker has taken already. How often one is tried is counted in its own row, which also ends it.
REMOVE_NOW: Final = TaskName("remove_now", "removals-now", retries=1000)
REMOVE: Final = TaskName("remove", "removals", retries=1000)
REQUEUE_LOST: Final = TaskName("requeue_lost", "maintenance", retries=0)
# For a day: servers are away for hours, and those that greylist ask for minutes.
SEND_MAIL: Final = TaskName("send_mail", "mail", retries=56, longest_pause_s=1800)
DELIVER_WEBHOOK: Final = TaskName("deliver_webhook", "webhooks", retries=0)  # its own row says when again
REQUEUE_WEBHOOKS: Final = TaskName("requeue_webhooks", "maintenance", retries=0)
RELEASE_STALE_HOLDS: Final = TaskName("release_stale_holds", "maintenance", retries=0)
LOOK_AFTER_SUBSCRIPTIONS: Final = TaskName("look_after_subscriptions", "maintenance", retries=0)
PURGE_EXPIRED: Final = TaskName("purge_expired", "maintenance", retries=0)
AUDIT_LEDGER: Final = TaskName("audit_ledger", "maintenance", retries=1)
ASK_GATEWAYS: Final = TaskName("ask_gateways", "payments", retries=0)  # waits for others
EXPIRE_INVOICES: Final = TaskName("expire_invoices", "maintenance", retries=0)
CLEAN_UP: Final = TaskName("clean_up", "cleanup")  # may look at a million files, and nothing waits behind it
ERASE_FILES: Final = TaskName("erase_files", "cleanup", retries=20)

TASKS: Final = (
    REMOVE_NOW,
    REMOVE,
    REQUEUE_LOST,
    SEND_MAIL,
    DELIVER_WEBHOOK,
    REQUEUE_WEBHOOKS,
    RELEASE_STALE_HOLDS,
    LOOK_AFTER_SUBSCRIPTIONS,
    ASK_GATEWAYS,
    EXPIRE_INVOICES,
    PURGE_EXPIRED,
    AUDIT_LEDGER,
    CLEAN_UP,
    ERASE_FILES,
)
QUEUES: Final = tuple(dict.fromkeys(task.queue for task in TASKS))
