"""Settings of accounts (`LUMIKU_ACCOUNTS__...`)."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class AccountsSettings(BaseModel):
    """Who may register, how passwords are hashed, and how long proofs of identity last."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    registration_open: bool = Field(
        default=True, description="Strangers may register; if not, `lumiku user create` makes accounts."
    )
    confirm_address: Literal["auto", "always", "never"] = Field(
        default="auto",
        description="Whether a link mailed to an address must be opened before there is an account with it. "
        "auto: where a mail server is set. Without it, registering tells whether an address was free.",
    )
    confirm_link_ttl_s: int = Field(
        default=86_400, ge=300, le=604_800, description="How long a link to confirm an address works."
    )
    confirm_mails_an_hour: int = Field(
        default=5, ge=1, description="Mails to confirm an address that one address is sent in an hour."
    )
    password_min_length: int = Field(default=8, ge=8, le=64, description="Characters a password must have.")
    password_memory_kib: int = Field(
        default=65_536, ge=19_456, description="Memory of one argon2id hash; a login takes it for its time."
    )
    password_rounds: int = Field(default=3, ge=2, le=20, description="Passes of one argon2id hash.")
    password_threads: int = Field(default=2, ge=1, le=2, description="Passwords hashed at once in a process.")
    password_queue: int = Field(
        default=64, ge=1, description="Passwords that may wait for that; beyond it the answer is 503."
    )
    bearer_ttl_s: int = Field(default=86_400, ge=60, description="How long a program's session lasts.")
    cookie_ttl_s: int = Field(default=14 * 86_400, ge=60, description="How long a browser's session lasts.")
    reset_link_ttl_s: int = Field(
        default=3600, ge=60, le=86_400, description="How long a link to set a password works."
    )
    reset_links_an_hour: int = Field(
        default=5, ge=1, description="Links to set a password that one account is sent in an hour."
    )
    lockout_failures: int = Field(
        default=10, ge=3, description="Failed logins in the window that lock an address for a while."
    )
    lockout_window_s: int = Field(default=3600, ge=60, description="The window of failed logins.")
    keys_per_account: int = Field(default=50, ge=1, description="API keys in force an account may have.")
