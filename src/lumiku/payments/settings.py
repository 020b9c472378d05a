"""Settings of payments (`LUMIKU_PAYMENTS__...`)."""

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from lumiku.engine.options import Tier

SANDBOX_URL: Final = "https://api-sandbox.duitku.com"
PRODUCTION_URL: Final = "https://api-prod.duitku.com"


class Package(BaseModel):
    """Credits for sale."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    credits: Annotated[int, Field(ge=1, le=1_000_000_000)]
    amount: Annotated[int, Field(ge=1, le=10_000_000_000, description="Whole rupiah.")]

    def __str__(self) -> str:
        return self.model_dump_json()


class DuitkuSettings(BaseModel):
    """The account with Duitku."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    merchant_code: str = Field(default="", max_length=50, description="Code of the project at Duitku.")
    api_key: SecretStr = Field(default=SecretStr(""), description="Key of the project at Duitku.")
    production: bool = Field(default=False, description="Real money; else Duitku's sandbox.")
    url: str | None = Field(
        default=None,
        pattern=r"^https?://[^?#\s]+$",
        description="Address of Duitku's interface; empty: that of the sandbox or of production.",
    )
    timeout_s: float = Field(default=10, gt=0, le=60, description="Time for one question to Duitku.")

    @property
    def base_url(self) -> str:
        """What the addresses of the interface begin with, without a slash at the end."""
        return (self.url or (PRODUCTION_URL if self.production else SANDBOX_URL)).rstrip("/")


class PaymentsSettings(BaseModel):
    """What is for sale, and how it is paid."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gateway: Literal["manual", "duitku"] = Field(
        default="manual", description="How new invoices are paid; manual: an administrator confirms."
    )
    packages: tuple[Package, ...] = Field(
        default=(
            Package(id="credits-1500", credits=1_500, amount=100_000),
            Package(id="credits-4000", credits=4_000, amount=250_000),
            Package(id="credits-9000", credits=9_000, amount=500_000),
        ),
        description="Credits for sale and their prices in whole rupiah; JSON.",
    )
    expire_after_s: int = Field(
        default=86_400, ge=300, le=2_592_000, description="How long a new invoice waits to be paid."
    )
    return_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^?#\s]+$",
        description="Where a payer's browser goes after paying; empty: to the invoice.",
    )
    seller: str = Field(
        default="", max_length=500, description="Who sells, as invoices show it: name, address, tax number."
    )
    instructions: str = Field(
        default="",
        max_length=1000,
        description="How to pay by hand, as unpaid invoices show it: bank, account, name.",
    )
    costs_idr: dict[Tier, Annotated[float, Field(ge=0)]] = Field(
        default={}, description="What a picture of a tier costs you to make, in rupiah; JSON."
    )
    target_margin_percent: int = Field(
        default=30, ge=0, le=100, description="An alert fires where a picture's margin is below."
    )
    max_open: int = Field(default=20, ge=1, le=1000, description="Unpaid invoices an account may have.")
    duitku: DuitkuSettings = Field(default_factory=DuitkuSettings)

    @field_validator("packages")
    @classmethod
    def _different(cls, packages: tuple[Package, ...]) -> tuple[Package, ...]:
        if len({package.id for package in packages}) != len(packages):
            raise ValueError("two packages have the same id")
        return packages

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.gateway == "duitku" and not (
            self.duitku.merchant_code and self.duitku.api_key.get_secret_value()
        ):
            raise ValueError("the gateway duitku needs duitku.merchant_code and duitku.api_key")
        return self
