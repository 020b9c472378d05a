"""Plans that are asked for, as the API shows them."""

from lumiku.api.schemas.base import AnswerBody, RequestBody
from lumiku.api.schemas.payments import PaymentBody
from lumiku.api.schemas.subscriptions import PlanName, SubscriptionBody


class OrderedAnswer(AnswerBody):
    """The subscription, and the payment that is waited for, if one is."""

    subscription: SubscriptionBody
    payment: PaymentBody | None


class PlanRequest(RequestBody):
    """Which plan. There is no price in it: prices are the server's."""

    plan: PlanName
