"""Settings of the database and the log."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class DatabaseSettings(BaseModel):
    """How to reach PostgreSQL; without an address, the embedded server under the data folder is used."""

    model_config = ConfigDict(frozen=True)

    url: SecretStr | None = Field(
        default=None,
        description="postgresql:// address of the application's role; empty: the embedded server.",
    )
    owner_url: SecretStr | None = Field(
        default=None,
        description="Address of the role that owns the tables and runs migrations; empty: `url`.",
    )
    pool_size: int = Field(default=10, ge=1, le=200, description="Connections a process may hold.")
    pool_timeout_s: float = Field(
        default=5, gt=0, description="How long a request waits for a free connection."
    )
    connect_timeout_s: int = Field(default=3, ge=1, description="How long opening a connection may take.")
    statement_timeout_s: float = Field(default=15, gt=0, description="A statement that runs longer is ended.")
    lock_timeout_s: float = Field(
        default=10, gt=0, description="A statement that waits longer for a lock is ended."
    )


class LogSettings(BaseModel):
    """What is written to standard error."""

    model_config = ConfigDict(frozen=True)

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least severe line written."
    )
    format: Literal["auto", "json", "text"] = Field(
        default="auto", description="auto: text on a terminal, JSON lines elsewhere."
    )
