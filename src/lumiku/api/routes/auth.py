"""Registering, logging in and out, and passwords."""

from typing import Annotated

from fastapi import Header
from starlette.requests import Request
from starlette.responses import Response

from lumiku.accounts.change_password import PasswordChange, change_password
from lumiku.accounts.confirm_address import confirm_address
from lumiku.accounts.login import Credentials, login
from lumiku.accounts.logout import logout
from lumiku.accounts.register import Registration, register
from lumiku.accounts.request_password_reset import request_password_reset
from lumiku.accounts.reset_password import reset_password
from lumiku.accounts.sessions import Client
from lumiku.accounts.setup_admin import has_admin, setup_admin
from lumiku.api.access import public, session
from lumiku.api.context import context_of
from lumiku.api.cookies import forget_session, set_session
from lumiku.api.deps import CurrentCaller, Given
from lumiku.api.limits import STATUS, limited
from lumiku.api.route import new_router
from lumiku.api.schemas.accounts import (
    ConfirmAddressRequest,
    DoneAnswer,
    ForgottenRequest,
    LoginAnswer,
    LoginRequest,
    PasswordRequest,
    RegisteredAnswer,
    RegisteredBody,
    RegisterRequest,
    ResetRequest,
    SetupAnswer,
    SetupRequest,
    UserAnswer,
    UserBody,
)

router = new_router("accounts")


@router.post(
    "/api/auth/register",
    status_code=201,
    dependencies=[public, limited("login", "register")],
    responses={403: {"description": "Registration is closed."}},
)
async def register_account(wanted: RegisterRequest, services: Given) -> RegisteredAnswer:
    """Make an account with the welcome bonus; where the server sends mail, a mailed link is opened first.

    The answer tells nobody whether the address has an account already; its owner is told by mail.
    """
    registered = await register(
        services.db,
        Registration(wanted.email, wanted.password.get_secret_value(), wanted.name, wanted.language),
        passwords=services.passwords,
        settings=services.settings.accounts,
        hooks=services.hooks,
        now=services.clock(),
    )
    return RegisteredAnswer(
        user=RegisteredBody.model_validate(registered),
        confirmation_required=registered.confirmation_required,
    )


@router.post("/api/auth/confirm", dependencies=[public, limited("login", "confirm")])
async def confirm_own_address(wanted: ConfirmAddressRequest, services: Given) -> UserAnswer:
    """Prove an address by a mailed link and the password: a new account is there, or an old one has moved.

    The link works once. Log in next.
    """
    user = await confirm_address(
        services.db,
        wanted.token.get_secret_value(),
        wanted.password.get_secret_value(),
        passwords=services.passwords,
        settings=services.settings.accounts,
        hooks=services.hooks,
        now=services.clock(),
    )
    return UserAnswer(user=UserBody.model_validate(user))


@router.post(
    "/api/auth/login",
    dependencies=[public, limited("login")],
    responses={401: {"description": "The address or the password is wrong."}},
)
async def log_in(
    given: LoginRequest,
    services: Given,
    request: Request,
    response: Response,
    user_agent: Annotated[str, Header(include_in_schema=False)] = "",
) -> LoginAnswer:
    """Begin a session; after ten failures in an hour the address is locked for a while (429)."""
    begun = await login(
        services.db,
        Credentials(
            given.email,
            given.password.get_secret_value(),
            given.session,
            Client(user_agent, context_of(request.scope).address),
        ),
        passwords=services.passwords,
        secrets=services.secrets,
        settings=services.settings.accounts,
        now=services.clock(),
    )
    context_of(request.scope).account = begun.user.id
    in_cookie = begun.csrf_token is not None
    if begun.csrf_token is not None:
        ttl_s = services.settings.accounts.cookie_ttl_s
        set_session(request, response, token=begun.token, csrf_token=begun.csrf_token, ttl_s=ttl_s)
    return LoginAnswer(
        token=None if in_cookie else begun.token,
        csrf_token=begun.csrf_token,
        expires_at=begun.expires_at,
        user=UserBody.model_validate(begun.user),
    )


@router.post("/api/auth/logout", dependencies=[session, STATUS])
async def log_out(caller: CurrentCaller, services: Given, request: Request, response: Response) -> DoneAnswer:
    """End the session that asks; its token is worth nothing from now on."""
    await logout(services.db, caller, now=services.clock())
    forget_session(request, response)
    return DoneAnswer()


@router.post("/api/auth/password", dependencies=[session, STATUS])
async def change_own_password(wanted: PasswordRequest, caller: CurrentCaller, services: Given) -> DoneAnswer:
    """Change the password; every other session ends."""
    await change_password(
        services.db,
        caller,
        PasswordChange(
            wanted.current_password.get_secret_value(),
            wanted.new_password.get_secret_value(),
            wanted.revoke_keys,
        ),
        passwords=services.passwords,
        settings=services.settings.accounts,
        hooks=services.hooks,
        now=services.clock(),
    )
    return DoneAnswer()


@router.post("/api/auth/password/forgot", status_code=202, dependencies=[public, limited("login", "forgot")])
async def forget_password(wanted: ForgottenRequest, services: Given) -> DoneAnswer:
    """Have a link to set a new password mailed, if there is such an account; the answer does not tell."""
    await request_password_reset(services.db, wanted.email, hooks=services.hooks)
    return DoneAnswer()


@router.post("/api/auth/password/reset", dependencies=[public, limited("login", "reset")])
async def set_new_password(wanted: ResetRequest, services: Given) -> DoneAnswer:
    """Set a new password by a mailed link, which works once; all sessions end."""
    await reset_password(
        services.db,
        wanted.token.get_secret_value(),
        wanted.password.get_secret_value(),
        passwords=services.passwords,
        hooks=services.hooks,
        now=services.clock(),
    )
    return DoneAnswer()


@router.get("/api/auth/setup", dependencies=[public, STATUS])
async def read_setup(services: Given) -> SetupAnswer:
    """Whether this server still waits for its first administrator."""
    return SetupAnswer(open=not await has_admin(services.db))


@router.post(
    "/api/auth/setup",
    dependencies=[public, limited("login", "setup")],
    responses={409: {"description": "There is an account with this address."}},
)
async def set_up_admin(wanted: SetupRequest, services: Given) -> UserAnswer:
    """Become the administrator by the link that the server's first start prints."""
    user = await setup_admin(
        services.db,
        wanted.token.get_secret_value(),
        wanted.email,
        wanted.password.get_secret_value(),
        passwords=services.passwords,
        now=services.clock(),
    )
    return UserAnswer(user=UserBody.model_validate(user))
