"""The server's secrets: made once, private, rotatable, never shown."""

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lumiku.core.secrets import (
    FILE_NAME,
    SecretsUnusable,
    load_or_create_secrets,
    new_token,
    rotate_secrets,
    token_hash,
)


def test_they_are_made_once_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    made = load_or_create_secrets(folder)
    assert load_or_create_secrets(folder) == made
    assert stat.S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [FILE_NAME]
    assert len(made.keys[0].value) == 32


def test_twins_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: load_or_create_secrets(tmp_path), range(32)))
    assert len(set(made)) == 1


def test_rotation_keeps_the_last_three(tmp_path: Path) -> None:
    first = load_or_create_secrets(tmp_path).keys[0]
    for _ in range(3):
        rotated = rotate_secrets(tmp_path)
    assert (len(rotated.keys), rotated.keys[-1]) == (4, first)
    assert first not in rotate_secrets(tmp_path).keys
    assert len({key.id for key in load_or_create_secrets(tmp_path).keys}) == 4


def test_purposes_have_keys_of_their_own(tmp_path: Path) -> None:
    secrets = rotate_secrets(tmp_path)
    keys = [*secrets.derive("one"), *secrets.derive("other")]
    assert len(set(keys)) == 4
    assert {len(key) for key in keys} == {32}
    assert secrets.derive("one") == [secrets.key_for(key, "one") for key in secrets.keys]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    load_or_create_secrets(tmp_path)
    (tmp_path / FILE_NAME).chmod(0o640)
    with pytest.raises(SecretsUnusable, match="chmod 600"):
        load_or_create_secrets(tmp_path)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"keys": []}', '{"keys": [{"id": "a", "key": "c2hvcnQ="}]}', '{"keys": 1}']
)
def test_a_damaged_file_is_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / FILE_NAME
    path.touch(0o600)
    path.write_text(content)
    with pytest.raises(SecretsUnusable, match="damaged"):
        load_or_create_secrets(tmp_path)
    assert path.read_text() == content


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SecretsUnusable):
        load_or_create_secrets(tmp_path / "file" / "data")


def test_no_key_shows(tmp_path: Path) -> None:
    secrets = load_or_create_secrets(tmp_path)
    stored = json.loads((tmp_path / FILE_NAME).read_text())["keys"][0]["key"]
    assert stored not in repr(secrets)
    assert repr(secrets.keys[0].value) not in repr(secrets)


def test_tokens_are_random_and_hashed() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {43}
    assert len({token_hash(token) for token in tokens}) == 100
