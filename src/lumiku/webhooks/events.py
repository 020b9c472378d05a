"""What can be told, and to whom it may go."""

from typing import Final, Literal, TypeAlias

EventType: TypeAlias = Literal["removal.completed", "removal.failed", "batch.completed", "batch.cancelled"]

# What an endpoint can ask for.
EVENTS: Final[dict[EventType, str]] = {
    "removal.completed": "a picture is done, alone or in a batch",
    "removal.failed": "a picture failed; nothing was charged for it",
    "batch.completed": "the last picture of a batch has ended; some or all may have failed",
    "batch.cancelled": "a batch was cancelled",
}
# Sent by hand to try an endpoint out, whatever it asked for.
TEST_EVENT: Final = "webhook.test"
