"""What can go wrong with webhooks."""

from lumiku.core.errors import Conflict, InvalidInput, NotFound, Unavailable
from lumiku.webhooks.model import FailureReason


class BadEndpoint(InvalidInput):
    """An address or a list of events that we do not take."""

    reason = "BAD_ENDPOINT"


class EndpointNotFound(NotFound):
    """No such endpoint of this account."""


class DeliveryNotFound(NotFound):
    """No such delivery of this account."""


class TooManyEndpoints(Conflict):
    """The account has as many as it may have."""

    code = "TOO_MANY_WEBHOOKS"


class EndpointDisabled(Conflict):
    """Nothing is sent there until it is enabled."""

    code = "WEBHOOK_DISABLED"


class NoAnswer(Unavailable):
    """The other side gave no HTTP answer in time; `why` says what came instead."""

    def __init__(self, message: str, why: FailureReason) -> None:
        super().__init__(message)
        self.why = why
