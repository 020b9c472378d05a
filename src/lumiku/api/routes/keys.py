"""API keys: for programs, with scopes, shown once."""

from uuid import UUID

from lumiku.accounts.keys import create_key, list_keys, revoke_key
from lumiku.api.access import session
from lumiku.api.deps import CurrentCaller, Given
from lumiku.api.limits import STATUS
from lumiku.api.route import new_router
from lumiku.api.schemas.accounts import (
    DoneAnswer,
    KeyBody,
    KeyRequest,
    KeysAnswer,
    NewKeyAnswer,
    NewKeyBody,
)

router = new_router("keys")


@router.get("/api/keys", dependencies=[session, STATUS])
async def list_own_keys(caller: CurrentCaller, services: Given) -> KeysAnswer:
    """The keys in force."""
    keys = await list_keys(services.db, caller.user_id)
    return KeysAnswer(keys=[KeyBody.of(key) for key in keys])


@router.post(
    "/api/keys",
    status_code=201,
    dependencies=[session, STATUS],
    responses={409: {"description": "The account has as many keys as it may have."}},
)
async def create_own_key(wanted: KeyRequest, caller: CurrentCaller, services: Given) -> NewKeyAnswer:
    """Make a key. A key cannot make keys: this needs a login."""
    made = await create_key(
        services.db,
        caller,
        wanted.name,
        wanted.scopes,
        settings=services.settings.accounts,
        now=services.clock(),
    )
    shown = KeyBody.of(made.info).model_dump(by_alias=False)
    return NewKeyAnswer(key=NewKeyBody(**shown, key=made.key))


@router.delete("/api/keys/{key_id}", dependencies=[session, STATUS])
async def revoke_own_key(key_id: UUID, caller: CurrentCaller, services: Given) -> DoneAnswer:
    """Revoke a key; the next request with it is refused."""
    await revoke_key(services.db, caller, key_id, now=services.clock())
    return DoneAnswer()
