"""Settings of outgoing mail (`LUMIKU_MAIL__...`)."""

from email.headerregistry import Address
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator


class MailSettings(BaseModel):
    """The SMTP server that takes our mail; without one, nothing is sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str | None = Field(default=None, min_length=1, description="SMTP server; empty: no mail is sent.")
    port: int = Field(default=587, ge=1, le=65_535, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="starttls: required, then used; tls: from the first byte; none."
    )
    username: str | None = Field(default=None, description="Name to log in with; empty: no login.")
    password: SecretStr | None = Field(default=None, description="Password to log in with.")
    sender: str = Field(default="lumiku@localhost", description="Address that mails come from.")
    sender_name: str = Field(
        default="Lumiku", pattern=r"^[^\x00-\x1f\x7f]*$", description="Name that mails come from."
    )
    timeout_s: float = Field(
        default=15, gt=0, le=120, description="How long one step with the server may take."
    )
    link_lifetime_s: int = Field(
        default=604_800,
        ge=3600,
        le=2_592_000,
        description="How long a download link in a mail works at least.",
    )

    @field_validator("sender")
    @classmethod
    def _is_an_address(cls, sender: str) -> str:
        parsed = Address(addr_spec=sender)
        if not parsed.username or not parsed.domain or not sender.isascii():
            raise ValueError("not a mail address")
        return sender

    @model_validator(mode="after")
    def _no_password_in_clear(self) -> Self:
        loopback = self.host in {"localhost", "127.0.0.1", "::1"}
        if self.username is not None and self.security == "none" and not loopback:
            raise ValueError("a password is not sent in clear: set security to starttls or tls")
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together")
        return self
