"""People, sessions and keys as the API reads and shows them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, SecretStr, StrictBool, StringConstraints

from lumiku.accounts.model import SCOPES, ApiKey, Language
from lumiku.accounts.sessions import Session
from lumiku.api.schemas.base import AnswerBody, Line, Pagination, RequestBody

Email = Annotated[Line, StringConstraints(min_length=3, max_length=254), Field(examples=["ada@example.com"])]
Password = Annotated[SecretStr, Field(min_length=1, max_length=1024, examples=["correct horse battery"])]
Token = Annotated[SecretStr, Field(min_length=1, max_length=200, examples=["Zk3...one-time"])]
Name = Annotated[Line, StringConstraints(max_length=120), Field(examples=["Ada"])]


class RegisterRequest(RequestBody):
    """A new account."""

    email: Email
    password: Password
    name: Name = ""
    language: Language = "en"


class RegisteredBody(AnswerBody):
    """What was registered: the same whether the address had an account or not."""

    email: str = Field(examples=["ada@example.com"])
    name: str = Field(examples=["Ada"])


class RegisteredAnswer(AnswerBody):
    """Log in next, or look at the mail that was sent. It is the same for everybody who asks this server."""

    user: RegisteredBody
    confirmation_required: bool = Field(
        description="Whether a link in a mail to the address has to be opened first; if not, log in now."
    )


class LoginRequest(RequestBody):
    """An address and its password. `cookie` is for browsers: the token comes as a cookie, not in the body."""

    email: Email
    password: Password
    session: Literal["bearer", "cookie"] = "bearer"


class UserBody(AnswerBody):
    """A person with an account."""

    id: UUID
    email: str = Field(examples=["ada@example.com"])
    name: str = Field(examples=["Ada"])
    role: Literal["user", "admin"]
    language: Language
    mail_opt_out: bool
    created_at: datetime


class UserAnswer(AnswerBody):
    """One person."""

    user: UserBody


class LoginAnswer(UserAnswer):
    """A session has begun."""

    token: str | None = Field(description="For `Authorization: Bearer`; null where it came as a cookie.")
    csrf_token: str | None = Field(description="For `X-CSRF-Token`, with a cookie session; else null.")
    expires_at: datetime


class ProfileRequest(RequestBody):
    """What is left out stays."""

    name: Name | None = None
    language: Language | None = None
    mail_opt_out: StrictBool | None = None


class PasswordRequest(RequestBody):
    """The old and the new password. All other sessions end; keys too, where asked."""

    current_password: Password
    new_password: Password
    revoke_keys: StrictBool = False


class ForgottenRequest(RequestBody):
    """Whose password was forgotten."""

    email: Email


class AddressRequest(RequestBody):
    """The new address, and the password again."""

    email: Email
    password: Password


class GivenAddressRequest(RequestBody):
    """The address that an administrator gives an account, and vouches for."""

    email: Email


class ConfirmAddressRequest(RequestBody):
    """The token of a mailed link, and the password: chosen when registering, or the account's."""

    token: Token
    password: Password


class ResetRequest(RequestBody):
    """The token of a mailed link, and the new password."""

    token: Token
    password: Password


class SetupRequest(RequestBody):
    """The token of the link that the first start prints, and who the administrator is to be."""

    token: Token
    email: Email
    password: Password


class ConfirmRequest(RequestBody):
    """The password again."""

    password: Password


class DoneAnswer(AnswerBody):
    """It is done, or will be without anything to wait for."""

    status: Literal["ok"] = "ok"


class SetupAnswer(AnswerBody):
    """The first administrator."""

    open: bool = Field(description="There is none yet: the printed link makes one.", examples=[False])


class SessionBody(AnswerBody):
    """A session in force."""

    id: UUID
    kind: Literal["cookie", "bearer"]
    user_agent: str = Field(examples=["curl/8.5.0"])
    address: str | None = Field(examples=["192.0.2.7"])
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    current: bool = Field(description="Whether it is the one that asks.", examples=[True])

    @classmethod
    def of(cls, session: Session, asking: UUID) -> "SessionBody":
        """As the session that asks sees it."""
        shown = {name: getattr(session, name) for name in cls.model_fields.keys() - {"current"}}
        return cls(**shown, current=session.id == asking)


class SessionsAnswer(AnswerBody):
    """The sessions in force, the newest first."""

    sessions: list[SessionBody]


class ExportAnswer(AnswerBody):
    """Everything that is kept about a person."""

    export: dict[str, Any]


class KeyRequest(RequestBody):
    """A new API key."""

    name: Annotated[Name, StringConstraints(min_length=1)]
    scopes: list[Line] = Field(min_length=1, max_length=len(SCOPES), examples=[["removals:write"]])


class KeyBody(AnswerBody):
    """A key, without the key."""

    id: UUID
    name: str = Field(examples=["shop"])
    prefix: str = Field(description="How the key begins.", examples=["lmk_Zk3x9QwT"])
    scopes: list[str] = Field(examples=[["removals:write"]])
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> "KeyBody":
        """As lists show it."""
        return cls.model_validate(key)


class KeysAnswer(AnswerBody):
    """The keys in force, the newest first."""

    keys: list[KeyBody]


class NewKeyBody(KeyBody):
    """A new key. This is the only time that it is shown; the server keeps its hash alone."""

    key: str = Field(examples=["lmk_Zk3x9QwT..."])


class NewKeyAnswer(AnswerBody):
    """A new key."""

    key: NewKeyBody


class ListedUserBody(UserBody):
    """A person as administrators see them."""

    status: Literal["active", "suspended", "deleted"]
    has_address: bool = Field(
        description="No: the administrator of the server's link, which nobody has opened; `email` is none."
    )


class ListedUserAnswer(AnswerBody):
    """One person."""

    user: ListedUserBody


class UsersAnswer(AnswerBody):
    """A page of people."""

    users: list[ListedUserBody]
    pagination: Pagination
