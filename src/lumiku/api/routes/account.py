"""One's own account: profile, sessions, export and end."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from lumiku.accounts.change_address import AddressChange, change_address
from lumiku.accounts.confirm import confirm_password
from lumiku.accounts.delete_account import delete_account
from lumiku.accounts.end_sessions import end_session, end_sessions
from lumiku.accounts.export_account import export_account
from lumiku.accounts.profile import ProfileChange, read_profile, update_profile
from lumiku.accounts.sessions import sessions_of
from lumiku.api.access import session, user
from lumiku.api.cookies import forget_session
from lumiku.api.deps import CurrentCaller, Given
from lumiku.api.limits import STATUS, limited
from lumiku.api.route import new_router
from lumiku.api.schemas.accounts import (
    AddressRequest,
    ConfirmRequest,
    DoneAnswer,
    ExportAnswer,
    ProfileRequest,
    SessionBody,
    SessionsAnswer,
    UserAnswer,
    UserBody,
)

router = new_router("accounts")


@router.get("/api/auth/profile", dependencies=[user("account:read"), STATUS])
async def read_own_profile(caller: CurrentCaller, services: Given) -> UserAnswer:
    """Who the caller is."""
    return UserAnswer(user=UserBody.model_validate(await read_profile(services.db, caller.user_id)))


@router.put("/api/auth/profile", dependencies=[user("account:write"), STATUS])
async def change_own_profile(wanted: ProfileRequest, caller: CurrentCaller, services: Given) -> UserAnswer:
    """Change the name, the language, or whether mails about finished work come."""
    change = ProfileChange(wanted.name, wanted.language, wanted.mail_opt_out)
    return UserAnswer(user=UserBody.model_validate(await update_profile(services.db, caller.user_id, change)))


@router.post(
    "/api/auth/email",
    status_code=202,
    dependencies=[session, limited("login", "address")],
    responses={403: {"description": "The server confirms no addresses by mail."}},
)
async def change_own_address(wanted: AddressRequest, caller: CurrentCaller, services: Given) -> DoneAnswer:
    """Have a link mailed to another address, which becomes the account's when the link is opened.

    The answer does not tell whether that address has an account; the old one gets a mail too.
    """
    await change_address(
        services.db,
        caller,
        AddressChange(wanted.email, wanted.password.get_secret_value()),
        passwords=services.passwords,
        settings=services.settings.accounts,
        hooks=services.hooks,
        now=services.clock(),
    )
    return DoneAnswer()


@router.get("/api/auth/sessions", dependencies=[session, STATUS])
async def list_own_sessions(caller: CurrentCaller, services: Given) -> SessionsAnswer:
    """The sessions in force."""
    async with services.db.transaction() as tx:
        sessions = await sessions_of(tx, caller.user_id, now=services.clock())
    asking = caller.require_session()
    return SessionsAnswer(sessions=[SessionBody.of(one, asking) for one in sessions])


@router.delete("/api/auth/sessions", dependencies=[session, STATUS])
async def end_other_sessions(caller: CurrentCaller, services: Given) -> DoneAnswer:
    """End all sessions but the one that asks."""
    await end_sessions(
        services.db,
        caller.user_id,
        actor_id=caller.user_id,
        now=services.clock(),
        but=caller.require_session(),
    )
    return DoneAnswer()


@router.delete("/api/auth/sessions/{session_id}", dependencies=[session, STATUS])
async def end_own_session(session_id: UUID, caller: CurrentCaller, services: Given) -> DoneAnswer:
    """End one session: its next request is refused."""
    await end_session(services.db, caller.user_id, session_id, now=services.clock())
    return DoneAnswer()


@router.get("/api/auth/export", dependencies=[session, STATUS])
async def export_own_account(caller: CurrentCaller, services: Given) -> ExportAnswer:
    """Everything that is kept about the caller."""
    export = await export_account(
        services.db, caller.user_id, hooks=services.hooks, actor_id=caller.user_id, now=services.clock()
    )
    return ExportAnswer(export=export)


@router.delete(
    "/api/auth/account",
    dependencies=[session, STATUS],
    responses={409: {"description": "Work still holds credits, or nobody would be left to administer."}},
)
async def delete_own_account(
    given: ConfirmRequest, caller: CurrentCaller, services: Given, request: Request, response: Response
) -> DoneAnswer:
    """Erase the account. The ledger's lines stay, under an id that names nobody."""
    now = services.clock()
    await confirm_password(
        services.db,
        caller.user_id,
        given.password.get_secret_value(),
        passwords=services.passwords,
        settings=services.settings.accounts,
        now=now,
    )
    await delete_account(services.db, caller.user_id, hooks=services.hooks, actor_id=caller.user_id, now=now)
    forget_session(request, response)
    return DoneAnswer()
