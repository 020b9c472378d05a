"""Settings of the database, the log, the HTTP interface and the server's processes."""

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator


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
    statement_pool_size: int = Field(
        default=4, ge=1, le=200, description="Connections beside these for the statements of every request."
    )
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


class Rate(BaseModel):
    """So many requests in a period, of which `burst` may come at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests: int = Field(ge=1, le=1_000_000)
    period_s: int = Field(ge=1, le=86_400)
    burst: int = Field(ge=1, le=1_000_000)

    def __str__(self) -> str:
        return self.model_dump_json()


class HttpSettings(BaseModel):
    """What the HTTP interface takes, from whom and how often."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cors_origins: tuple[str, ...] = Field(
        default=(),
        description="Other sites' origins whose scripts may call the API with a token; empty: none.",
    )
    max_body_bytes: int = Field(
        default=262_144, ge=1024, description="Largest body of a request without a file."
    )
    max_head_bytes: int = Field(
        default=65_536, ge=8192, description="Largest request line and headers together."
    )
    head_timeout_s: float = Field(
        default=20, gt=0, description="A connection whose request line and headers take longer is closed."
    )
    body_timeout_s: float = Field(
        default=30, gt=0, description="A body that nothing comes of for so long is given up."
    )
    body_min_bytes_s: int = Field(
        default=1024,
        ge=1,
        description="A body that comes more slowly than this, after that time, is given up.",
    )
    body_total_s: float = Field(default=7200, gt=0, description="A body that takes longer is given up.")
    keep_alive_s: int = Field(
        default=30, ge=5, le=75, description="How long a connection stays open between requests."
    )
    max_connections: int = Field(
        default=2000,
        ge=1,
        description="Connections that each API process takes; one more is answered 503 and closed.",
    )
    metrics_token: SecretStr | None = Field(
        default=None, description="Bearer token for /metrics; without one only administrators may read it."
    )
    commit: str = Field(default="", description="What /health calls the commit it was built from.")
    single_rate: Rate = Field(
        default=Rate(requests=30, period_s=60, burst=10), description="Single removals of an account."
    )
    batch_rate: Rate = Field(
        default=Rate(requests=5, period_s=3600, burst=2), description="Batches of an account."
    )
    upload_rate: Rate = Field(
        default=Rate(requests=1200, period_s=60, burst=200), description="Files put into declared batches."
    )
    status_rate: Rate = Field(
        default=Rate(requests=120, period_s=60, burst=30), description="Reads and small changes."
    )
    subscription_rate: Rate = Field(
        default=Rate(requests=10, period_s=60, burst=10), description="Changes of an account's subscription."
    )
    callback_rate: Rate = Field(
        default=Rate(requests=600, period_s=60, burst=200),
        description="Callbacks of a payment gateway from an address.",
    )
    login_rate: Rate = Field(
        default=Rate(requests=5, period_s=900, burst=5),
        description="Logins from an address; registrations and forgotten passwords too, each counted alone.",
    )


class WorkerSettings(BaseModel):
    """The processes in which a worker runs the engine, and what each of them may use."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    inference_processes: int = Field(
        default=0,
        ge=0,
        le=64,
        description="Engine processes of a worker; 0 is one for every two cores, up to four. Each works on "
        "one picture at a time, on its share of the cores (or on `engine.threads`).",
    )
    warm: tuple[str, ...] = Field(
        default=("standard",), description="Tiers whose models an engine process loads when it starts; JSON."
    )
    recycle_mb: int = Field(
        default=1500,
        ge=64,
        description="An engine process that holds more after a picture is replaced before the next (Linux).",
    )
    memory_mb: int = Field(
        default=4000,
        ge=64,
        description="An engine process that takes more while it works is ended, and the picture tried again "
        "(Linux).",
    )
    timeout_s: float = Field(
        default=300, gt=0, description="Longest that an engine process may work on one picture."
    )

    @property
    def process_count(self) -> int:
        """How many engine processes a worker has."""
        return self.inference_processes or max(1, min((os.cpu_count() or 1) // 2, 4))


def default_data_folder() -> Path:
    """The user's; root's would be closed to the account that PostgreSQL then runs as."""
    is_root = os.name == "posix" and os.geteuid() == 0
    return Path("/var/lib/lumiku") if is_root else user_data_path("lumiku")


class ServerSettings(BaseModel):
    """The processes of `lumiku serve` and `lumiku worker`, and where they keep what they keep."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", description="Address to listen on; 0.0.0.0 or :: is every one.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0: any free one.")
    data: Path = Field(
        default_factory=default_data_folder,
        description="Folder for everything the server keeps by default: database, secrets, pictures.",
    )
    api_processes: int = Field(
        default=0, ge=0, le=64, description="Processes that answer HTTP; 0 is one for each core, up to four."
    )
    worker_processes: int = Field(default=1, ge=1, le=64, description="Processes that do background work.")
    open: bool = Field(
        default=False,
        description="One person, no accounts, no credits: whoever reaches the address may do everything.",
    )
    force_open: bool = Field(
        default=False, description="Allow `open` on an address that other machines can reach."
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#\s]+[^?#\s]*$",
        description="Address that people reach the server by, for links in mails; empty: where it listens.",
    )
    trusted_proxies: tuple[str, ...] = Field(
        default=(),
        description='Proxies whose X-Forwarded headers are believed: addresses, networks or "unix"; JSON.',
    )
    drain_s: float = Field(
        default=25,
        ge=1,
        le=29,
        description="How long running requests and jobs may take to end after a request to stop.",
    )

    @field_validator("data")
    @classmethod
    def _absolute(cls, data: Path) -> Path:
        return data.expanduser().absolute()

    @property
    def api_count(self) -> int:
        """How many processes answer HTTP."""
        return self.api_processes or min(os.cpu_count() or 1, 4)

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def base_url(self) -> str:
        """What links begin with, without a slash at the end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  a comparison, not a binding
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{everywhere.get(self.host, host)}:{self.port}"
