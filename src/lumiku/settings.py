"""All settings, composed of each package's section; read once in an entry point and passed in."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from lumiku.core.settings import DatabaseSettings, LogSettings
from lumiku.engine.settings import EngineSettings
from lumiku.intake.settings import IntakeSettings


class Settings(BaseSettings):
    """Environment variables `LUMIKU_<SECTION>__<NAME>`, such as `LUMIKU_ENGINE__THREADS=2`."""

    model_config = SettingsConfigDict(env_prefix="LUMIKU_", env_nested_delimiter="__", frozen=True)

    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    engine: EngineSettings = Field(default_factory=EngineSettings)
    intake: IntakeSettings = Field(default_factory=IntakeSettings)
