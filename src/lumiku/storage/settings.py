"""Settings of where files are kept."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class StorageSettings(BaseModel):
    """A folder of this machine, or a bucket that several machines share."""

    model_config = ConfigDict(frozen=True)

    url: str | None = Field(
        default=None,
        description="s3://bucket/prefix, gs://bucket/prefix or az://container/prefix; empty: the folder "
        "`storage` in the data folder.",
    )
    endpoint: str | None = Field(default=None, description="Address of an S3 service other than Amazon's.")
    region: str | None = Field(default=None, description="Region of the bucket.")
    access_key_id: str | None = Field(default=None, description="Empty: the machine's own credentials.")
    secret_access_key: SecretStr | None = Field(default=None, description="Belongs to `access_key_id`.")
    allow_http: bool = Field(default=False, description="Let `endpoint` be plain http.")
    timeout_s: float = Field(
        default=30,
        gt=0,
        description="How long one request to the service may take, and how long it is tried again.",
    )
    link_lifetime_s: int = Field(
        default=86_400, ge=300, le=604_800, description="How long a signed link works at least."
    )
