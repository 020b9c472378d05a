"""All settings, composed of each package's section; read once in an entry point and passed in."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from lumiku.accounts.settings import AccountsSettings
from lumiku.core.settings import (
    DatabaseSettings,
    HttpSettings,
    LogSettings,
    ServerSettings,
    WorkerSettings,
)
from lumiku.credits.settings import CreditsSettings
from lumiku.engine.settings import EngineSettings
from lumiku.intake.settings import IntakeSettings
from lumiku.mail.settings import MailSettings
from lumiku.payments.settings import PaymentsSettings
from lumiku.postgres.settings import PostgresSettings
from lumiku.pricing.settings import PricingSettings
from lumiku.removals.settings import RemovalsSettings, RetentionSettings
from lumiku.storage.settings import StorageSettings
from lumiku.subscriptions.settings import SubscriptionsSettings
from lumiku.webhooks.settings import WebhooksSettings


class Settings(BaseSettings):
    """Environment variables `LUMIKU_<SECTION>__<NAME>`, such as `LUMIKU_ENGINE__THREADS=2`."""

    model_config = SettingsConfigDict(env_prefix="LUMIKU_", env_nested_delimiter="__", frozen=True)

    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    server: ServerSettings = Field(default_factory=ServerSettings)
    worker: WorkerSettings = Field(default_factory=WorkerSettings)
    http: HttpSettings = Field(default_factory=HttpSettings)
    postgres: PostgresSettings = Field(default_factory=PostgresSettings)
    engine: EngineSettings = Field(default_factory=EngineSettings)
    intake: IntakeSettings = Field(default_factory=IntakeSettings)
    pricing: PricingSettings = Field(default_factory=PricingSettings)
    removals: RemovalsSettings = Field(default_factory=RemovalsSettings)
    retention: RetentionSettings = Field(default_factory=RetentionSettings)
    credits: CreditsSettings = Field(default_factory=CreditsSettings)
    accounts: AccountsSettings = Field(default_factory=AccountsSettings)
    mail: MailSettings = Field(default_factory=MailSettings)
    subscriptions: SubscriptionsSettings = Field(default_factory=SubscriptionsSettings)
    storage: StorageSettings = Field(default_factory=StorageSettings)
    webhooks: WebhooksSettings = Field(default_factory=WebhooksSettings)
    payments: PaymentsSettings = Field(default_factory=PaymentsSettings)

    @property
    def confirms_addresses(self) -> bool:
        """Whether an address is proven by a mailed link before an account has it."""
        return self.accounts.confirm_address != "never" and self.mail.host is not None

    @model_validator(mode="after")
    def _links_need_mail(self) -> Self:
        if self.accounts.confirm_address == "always" and self.mail.host is None:
            raise ValueError("LUMIKU_ACCOUNTS__CONFIRM_ADDRESS=always needs LUMIKU_MAIL__HOST")
        return self
