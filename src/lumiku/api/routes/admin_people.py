"""For administrators: one person, with all that is theirs, and the address that they are given."""

from typing import Final
from uuid import UUID

from lumiku.accounts.change_address import set_address
from lumiku.accounts.repository import find_user
from lumiku.api.access import admin
from lumiku.api.deps import CurrentCaller, Given
from lumiku.api.limits import STATUS
from lumiku.api.route import new_router
from lumiku.api.schemas.accounts import GivenAddressRequest, ListedUserAnswer, ListedUserBody
from lumiku.api.schemas.credits import BalanceAnswer, LineBody
from lumiku.api.schemas.people import PersonAnswer
from lumiku.api.schemas.subscriptions import SubscriptionBody
from lumiku.core.page import Page
from lumiku.credits.ledger import balance
from lumiku.credits.statements import history
from lumiku.removals.statistics import account_statistics
from lumiku.subscriptions.read import see

router = new_router("administration")

_LATEST: Final = Page(1, 10)


@router.get("/api/admin/users/{user_id}", dependencies=[admin, STATUS])
async def read_person(user_id: UUID, services: Given) -> PersonAnswer:
    """A person with their credits, the latest lines of their ledger, and their subscription as it is now."""
    settings, now = services.settings.subscriptions, services.clock()
    async with services.db.transaction() as tx:
        user = await find_user(tx, user_id)
        owned = await balance(tx, user_id)
        lines = await history(tx, user_id, _LATEST)
        done = await account_statistics(tx, user_id)
        seen = await see(tx, user_id, settings=settings, now=now)
    return PersonAnswer(
        user=ListedUserBody.model_validate(user),
        credits=BalanceAnswer.model_validate(owned),
        entries=[LineBody.of(line) for line in lines.items],
        subscription=None if seen is None else SubscriptionBody.of(seen),
        pictures=done.total_processed,
    )


@router.post(
    "/api/admin/users/{user_id}/address",
    dependencies=[admin, STATUS],
    responses={
        400: {"description": "That is no mail address."},
        409: {"description": "Another account has this address."},
    },
)
async def give_address(
    user_id: UUID, wanted: GivenAddressRequest, caller: CurrentCaller, services: Given
) -> ListedUserAnswer:
    """Give a person another address, which the administrator vouches for: no mail is sent; open links end."""
    user = await set_address(services.db, user_id, wanted.email, actor_id=caller.user_id)
    return ListedUserAnswer(user=ListedUserBody.model_validate(user))
