"""The engine's section of the settings (`LUMIKU_ENGINE__...`)."""

from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path
from pydantic import BaseModel, ConfigDict, Field

Provider = Literal["auto", "openvino", "onnxruntime", "cuda", "coreml", "directml"]
Precision = Literal["auto", "int8", "f32"]


class EngineSettings(BaseModel):
    """Where weights lie, what runs them, and how much one process may use."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    models_dir: Path = Field(
        default_factory=lambda: user_cache_path("lumiku") / "models",
        description="Folder for weights, optimised models and the compiled-model cache.",
    )
    mirror: str | None = Field(
        default=None,
        description="Folder or http(s) address that is asked for `<file>` before any other source.",
    )
    offline: bool = Field(default=False, description="Never use the network for weights or remote models.")
    accepted_licences: frozenset[str] = Field(
        default=frozenset(), description="Models whose restricted (say, non-commercial) licence was accepted."
    )
    weights_sha256: dict[str, str] = Field(
        default_factory=dict,
        description="Hashes, by model, for rows of the catalogue that pin none; JSON in the environment.",
    )
    provider: Provider = Field(default="auto", description="Runtime and device; auto is OpenVINO on the CPU.")
    strict: bool = Field(default=False, description="Fail rather than fall back to another provider.")
    precision: Precision = Field(
        default="auto",
        description="auto takes each pipeline's own choice; int8 falls back to f32 with a warning.",
    )
    threads: int = Field(default=0, ge=0, le=256, description="Inference threads; 0 is one for each core.")
    max_models: int = Field(default=4, ge=1, le=32, description="Models kept in memory; the least used goes.")
    max_bytes: int = Field(default=256_000_000, ge=1, description="Largest picture file, in bytes.")
    max_pixels: int = Field(default=50_000_000, ge=1, description="Largest picture, in pixels.")
    timeout_s: float | None = Field(default=None, gt=0, description="Time for one picture; none by default.")
    huggingface_token: str | None = Field(default=None, repr=False, description="For Hugging Face inference.")
    huggingface_endpoint: str | None = Field(
        default=None, description="Address asked instead of the catalogue's, say an Inference Endpoint."
    )
    segmind_key: str | None = Field(default=None, repr=False, description="For Segmind.")
    segmind_endpoint: str | None = Field(
        default=None, description="Address asked instead of the catalogue's."
    )
