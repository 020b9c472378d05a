"""What a worker's task is: a name of the queue, the use case behind it, and when it comes by itself."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from lumiku.bootstrap import Services
from lumiku.queue.names import TaskName

Arguments = Mapping[str, object]


@dataclass(frozen=True)
class Work:
    """One kind of task.

    Attributes:
        task: its name, queue and retries.
        run: the use case. It may run twice for one job, for delivery is at least once.
        cron: five fields, or six with seconds last, in UTC; None: only when somebody queues it.
        give_up: what to do for a job that outlived its worker too often, when the queue has failed it.
    """

    task: TaskName
    run: Callable[[Services, Arguments], Awaitable[None]]
    cron: str | None = None
    give_up: Callable[[Services, Arguments], Awaitable[None]] | None = None
