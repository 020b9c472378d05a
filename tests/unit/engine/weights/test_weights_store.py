"""The models folder without any network: mirror folders, stamps, states, removal, licences."""

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from lumiku.engine.catalog import ModelSpec
from lumiku.engine.errors import DiskFull, LicenceNotAccepted, ModelCorrupt, ModelMissing, WeightsUnavailable
from lumiku.engine.settings import EngineSettings
from lumiku.engine.weights import stamps
from lumiku.engine.weights.fetch import check_room
from lumiku.engine.weights.licences import accept_licence
from lumiku.engine.weights.store import (
    derived_folder,
    ensure_weights,
    find_weights,
    remove_weights,
    verify_weights,
    weights_path,
    weights_state,
)

BODY = b"weights" * 100
SPEC = ModelSpec(
    name="toy",
    family="u2net",
    file="toy.onnx",
    sha256=hashlib.sha256(BODY).hexdigest(),
    size_bytes=len(BODY),
    licence="NC",
    homepage="https://example.org/toy",
    sources=(),
)
RESTRICTED = replace(SPEC, restricted=True)
REMOTE = replace(SPEC, file="", sha256=None)


@pytest.fixture
def settings(tmp_path: Path) -> EngineSettings:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "toy.onnx").write_bytes(BODY)
    return EngineSettings(models_dir=tmp_path / "models", mirror=str(tmp_path / "mirror"))


def test_a_mirror_folder_serves_also_offline(settings: EngineSettings) -> None:
    path = ensure_weights(SPEC, settings.model_copy(update={"offline": True}))
    assert path == weights_path(SPEC, settings)
    assert path.read_bytes() == BODY


def test_a_mirror_that_is_wrong_is_named(settings: EngineSettings, tmp_path: Path) -> None:
    (tmp_path / "mirror" / "toy.onnx").write_bytes(BODY[::-1])
    with pytest.raises(ModelCorrupt, match=str(tmp_path / "mirror")):
        ensure_weights(SPEC, settings)
    assert not weights_path(SPEC, settings).exists()


def test_missing_weights_say_how_to_get_them(settings: EngineSettings) -> None:
    with pytest.raises(ModelMissing, match="lumiku models pull toy"):
        find_weights(SPEC, settings)


def test_a_remote_model_has_no_weights(settings: EngineSettings) -> None:
    with pytest.raises(ModelMissing, match="runs at"):
        weights_path(REMOTE, settings)
    assert weights_state(REMOTE, settings) == "remote"


def test_a_file_put_there_by_hand_is_hashed_once(
    settings: EngineSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.models_dir.mkdir()
    path = weights_path(SPEC, settings)
    path.write_bytes(BODY)
    assert find_weights(SPEC, settings) == path

    def never(*_: object, **__: object) -> None:
        raise AssertionError("hashed again")

    monkeypatch.setattr("lumiku.engine.weights.store.check_hash", never)
    assert find_weights(SPEC, settings) == path
    os.utime(path)
    with pytest.raises(AssertionError, match="hashed again"):
        find_weights(SPEC, settings)


def test_a_damaged_file_is_found_and_repaired(settings: EngineSettings) -> None:
    path = ensure_weights(SPEC, settings)
    path.write_bytes(BODY[:-1] + b"!")
    with pytest.raises(ModelCorrupt, match=f"expected sha256 {SPEC.sha256}"):
        find_weights(SPEC, settings)
    assert ensure_weights(SPEC, settings).read_bytes() == BODY


def test_damage_offline_is_said_once_and_where_and_what_to_do(
    settings: EngineSettings, caplog: pytest.LogCaptureFixture
) -> None:
    path = ensure_weights(SPEC, settings)
    path.write_bytes(BODY[:-1] + b"!")
    alone = settings.model_copy(update={"offline": True, "mirror": None})
    with pytest.raises(ModelCorrupt) as caught:
        ensure_weights(SPEC, alone)
    message = caught.value.message
    assert message.startswith(f"Offline, and {path} is damaged. Put toy.onnx (sha256 {SPEC.sha256})")
    assert "lumiku models pull toy" in message
    assert caplog.text == ""
    assert path.read_bytes().endswith(b"!"), "not ours to delete"
    path.unlink()
    with pytest.raises(WeightsUnavailable, match="'toy' is not here"):
        ensure_weights(SPEC, alone)


def test_damage_is_said_once_where_it_can_be_repaired(
    settings: EngineSettings, caplog: pytest.LogCaptureFixture
) -> None:
    path = ensure_weights(SPEC, settings)
    path.write_bytes(BODY[:-1] + b"!")
    assert ensure_weights(SPEC, settings).read_bytes() == BODY
    assert [record.getMessage() for record in caplog.records] == [
        f"{path} is damaged: its sha256 is not {SPEC.sha256}. It is fetched again."
    ]


def test_damage_that_keeps_size_and_time_is_found_by_verify(settings: EngineSettings) -> None:
    path = ensure_weights(SPEC, settings)
    facts = path.stat()
    path.write_bytes(BODY[:-1] + b"!")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert find_weights(SPEC, settings) == path  # what the stamp cannot see
    with pytest.raises(ModelCorrupt):
        verify_weights(SPEC, settings)


def test_a_file_that_nothing_pins_is_not_trusted(settings: EngineSettings) -> None:
    unpinned = replace(SPEC, sha256=None)
    settings.models_dir.mkdir()
    weights_path(SPEC, settings).write_bytes(BODY)
    with pytest.raises(ModelCorrupt, match="WEIGHTS_SHA256"):
        find_weights(unpinned, settings)
    pinned = settings.model_copy(update={"weights_sha256": {"toy": SPEC.sha256}})
    assert find_weights(unpinned, pinned).read_bytes() == BODY


def test_remove_takes_what_was_derived_and_what_broke_off(settings: EngineSettings) -> None:
    path = ensure_weights(SPEC, settings)
    derived = derived_folder(SPEC, settings)
    (derived / ".building-1").mkdir(parents=True)
    (derived / ".building-1" / "model.xml").write_text("<net/>")
    assert weights_state(SPEC, settings) == "present"  # a build that was killed is none
    (derived / ".building-1").rename(derived / "int8-1")
    (derived / "int8-1" / "facts.json").write_text("{}")
    (settings.models_dir / "toy.onnx.12345678.part").write_bytes(b"half")
    (settings.models_dir / "other.onnx").write_bytes(b"stays")
    assert weights_state(SPEC, settings) == "optimised"
    (derived / "int8-1").rename(derived / "elsewhere")
    (derived / "int8-2.refused.json").write_text("{}")
    assert weights_state(SPEC, settings) == "int8 refused"
    assert set(remove_weights(SPEC, settings)) == {path, derived}
    left = {each.name for each in settings.models_dir.iterdir()}
    assert left == {"other.onnx", "derived", "locks"}
    assert {each.name for each in (settings.models_dir / "locks").iterdir()} == {
        "toy.onnx.lock",
        "toy.int8.lock",
    }
    assert weights_state(SPEC, settings) == "missing"
    assert remove_weights(SPEC, settings) == []


def test_states(settings: EngineSettings) -> None:
    assert weights_state(SPEC, settings) == "missing"
    path = ensure_weights(SPEC, settings)
    assert weights_state(SPEC, settings) == "present"
    path.write_bytes(BODY[:-1])
    assert weights_state(SPEC, settings) == "corrupt"
    assert weights_state(RESTRICTED, settings) == "needs opt-in"


@pytest.mark.parametrize("act", [ensure_weights, find_weights])
def test_a_restricted_licence_stops_everything(settings: EngineSettings, act: object) -> None:
    assert callable(act)
    ensure_weights(SPEC, settings)  # that the file is here already changes nothing
    with pytest.raises(LicenceNotAccepted) as caught:
        act(RESTRICTED, settings)
    assert "NC" in caught.value.message
    assert "https://example.org/toy" in caught.value.message
    accept_licence(RESTRICTED, settings)
    assert act(RESTRICTED, settings)


def test_acceptance_is_for_one_model_and_one_licence(settings: EngineSettings) -> None:
    accept_licence(RESTRICTED, settings)
    with pytest.raises(LicenceNotAccepted):
        ensure_weights(replace(RESTRICTED, name="other"), settings)
    with pytest.raises(LicenceNotAccepted):
        ensure_weights(replace(RESTRICTED, licence="NC 2.0"), settings)
    recorded = json.loads((settings.models_dir / "accepted-licences.json").read_text())
    assert recorded["toy"]["licence"] == "NC"
    assert "accepted_at" in recorded["toy"]


def test_the_settings_can_accept_too(settings: EngineSettings) -> None:
    accepting = settings.model_copy(update={"accepted_licences": frozenset({"toy"})})
    assert ensure_weights(RESTRICTED, accepting)


@pytest.mark.parametrize("content", ["", "[]", '{"toy": "yes"}', "\x00"])
def test_a_damaged_record_accepts_nothing(settings: EngineSettings, content: str) -> None:
    settings.models_dir.mkdir()
    (settings.models_dir / "accepted-licences.json").write_text(content)
    assert weights_state(RESTRICTED, settings) == "needs opt-in"
    accept_licence(RESTRICTED, settings)
    assert weights_state(RESTRICTED, settings) == "missing"


def test_a_folder_that_cannot_be_made_is_named(settings: EngineSettings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    blocked = settings.model_copy(update={"models_dir": tmp_path / "file" / "models"})
    with pytest.raises(WeightsUnavailable, match="cannot be written"):
        ensure_weights(SPEC, blocked)


def test_room_is_looked_at_before_anything_is_fetched(tmp_path: Path) -> None:
    check_room(tmp_path, 1)
    with pytest.raises(DiskFull, match="are needed"):
        check_room(tmp_path, 1 << 62)


def test_a_stamp_is_about_one_hash(tmp_path: Path) -> None:
    path = tmp_path / "toy.onnx"
    path.write_bytes(BODY)
    stamps.stamp(path, "a" * 64)
    assert stamps.is_stamped(path, "a" * 64)
    assert not stamps.is_stamped(path, "b" * 64)
    assert stamps.stamped_hash(path) == "a" * 64
    stamps.stamp_path(path).write_text("[]")
    assert stamps.stamped_hash(path) is None
