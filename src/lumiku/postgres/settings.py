"""The embedded server's section of the settings (`LUMIKU_POSTGRES__...`)."""

from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

# What the supervisor itself decides, and what would lose acknowledged rows.
_OURS: Final = frozenset(
    {
        "config_file",
        "data_directory",
        "fsync",
        "full_page_writes",
        "hba_file",
        "listen_addresses",
        "max_connections",
        "password_encryption",
        "port",
        "unix_socket_directories",
        "unix_socket_permissions",
    }
)


class PostgresSettings(BaseModel):
    """The PostgreSQL that Lumiku runs itself, when `database.url` is empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="Also listen on this port of 127.0.0.1; empty: on a Unix socket alone.",
    )
    max_connections: int = Field(default=100, ge=20, le=2000, description="Connections the server takes.")
    options: dict[str, str] = Field(
        default_factory=dict,
        description="Further settings of the server, such as shared_buffers; JSON in the environment.",
    )
    user: str | None = Field(
        default=None,
        description="Account that the server runs as when Lumiku is root; empty: postgres, or else nobody.",
    )
    binaries: Path | None = Field(
        default=None, description="Folder with postgres, initdb and pg_dump; empty: those that came along."
    )
    start_timeout_s: float = Field(
        default=120, gt=0, description="How long a start, with its recovery after a crash, may take."
    )
    stop_timeout_s: float = Field(
        default=20, gt=0, description="How long an orderly stop may take before a hard one."
    )

    @field_validator("options")
    @classmethod
    def _leave_ours(cls, options: dict[str, str]) -> dict[str, str]:
        taken = sorted(_OURS & {name.lower() for name in options})
        if taken:
            raise ValueError(f"Lumiku decides {', '.join(taken)} itself")
        return options
