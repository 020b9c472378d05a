"""What a remote model refuses before anything is sent, and that it keeps its key to itself."""

from dataclasses import replace
from pathlib import Path

import pytest

from lumiku.engine.catalog import CATALOG, ModelSpec, find_model
from lumiku.engine.errors import LicenceNotAccepted, RuntimeUnavailable
from lumiku.engine.models.remote import PROVIDERS, open_remote
from lumiku.engine.settings import EngineSettings
from lumiku.engine.types import Execution

KEY = "SG_0123456789abcdef"
SPEC = find_model("segmind-bg-removal")
SETTINGS = EngineSettings(segmind_key=KEY, huggingface_token=KEY)


@pytest.mark.parametrize("spec", [row for row in CATALOG if not row.file], ids=lambda row: row.name)
def test_every_remote_row_of_the_catalogue_opens(spec: ModelSpec) -> None:
    settings = SETTINGS.model_copy(update={"accepted_licences": frozenset({spec.name})})
    model = open_remote(spec, settings)
    assert model.execution == Execution(spec.name, "remote", spec.family, "remote", "remote")
    assert KEY not in repr(model) + repr(settings)


def test_offline_is_refused_at_once() -> None:
    with pytest.raises(RuntimeUnavailable, match=r"Segmind.*offline"):
        open_remote(SPEC, SETTINGS.model_copy(update={"offline": True}))


def test_a_restricted_licence_must_be_accepted(tmp_path: Path) -> None:
    with pytest.raises(LicenceNotAccepted, match=r"hf-rmbg-1\.4"):
        open_remote(find_model("hf-rmbg-1.4"), SETTINGS.model_copy(update={"models_dir": tmp_path}))


@pytest.mark.parametrize("key", [None, "", "  ", "a\r\nX: y", "clé"])
@pytest.mark.parametrize("family", PROVIDERS)
def test_a_missing_or_impossible_key_names_its_setting(family: str, key: str | None) -> None:
    field = PROVIDERS[family].key_field
    spec = replace(SPEC, family=family)  # type: ignore[arg-type]
    with pytest.raises(RuntimeUnavailable, match=f"LUMIKU_ENGINE__{field.upper()}"):
        open_remote(spec, SETTINGS.model_copy(update={field: key}))


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/x",
        "ftp://example.com/",
        "file:///etc/passwd",
        "example.com",
        "https://",
        "https://me:pass@example.com/",
        "https://example.com:port/",
        "http://127.0.0.1.example.com/",
        "https://example.com/\n",
    ],
)
def test_an_address_the_key_must_not_go_to_is_refused_unseen(address: str) -> None:
    with pytest.raises(RuntimeUnavailable, match="address of segmind-bg-removal") as info:
        open_remote(SPEC, SETTINGS.model_copy(update={"segmind_endpoint": address}))
    assert address not in info.value.message


@pytest.mark.parametrize("address", ["https://example.com/x", "http://localhost:8000", "http://[::1]:80/"])
def test_https_and_this_machine_are_fit_for_the_key(address: str) -> None:
    open_remote(SPEC, SETTINGS.model_copy(update={"segmind_endpoint": address}))
