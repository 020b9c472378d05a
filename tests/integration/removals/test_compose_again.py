"""Composing again: the same subject on something else, in another format, from what was kept."""

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from lumiku.core.db import Database
from lumiku.core.errors import InvalidInput
from lumiku.credits.model import Balance
from lumiku.engine.errors import UnreadableImage
from lumiku.engine.steps.decode import DecodeLimits, decode
from lumiku.engine.types import U8
from lumiku.removals.compose import Composed, Kept, compose, find_for_compose
from lumiku.removals.errors import WrongState
from lumiku.removals.kept_files import keys_of
from lumiku.removals.process import Parts, process
from lumiku.removals.settings import RemovalsSettings
from support.credits import balance_of, new_account
from support.fake_engine import red_square
from support.pictures import encode_rgb
from support.submissions import Customer, stored_source

SETTINGS = RemovalsSettings()


def kept(background: bytes | None = None) -> Kept:
    """A picture whose left half is its subject."""
    matte = np.zeros((60, 80), np.uint8)
    matte[:, :40] = 255
    stream = io.BytesIO()
    Image.fromarray(matte).save(stream, "PNG")
    return Kept(encode_rgb(red_square(60, 80), "PNG"), stream.getvalue(), background)


def pixels(composed: Composed) -> tuple[U8, U8 | None]:
    picture = decode(composed.data, DecodeLimits())
    return picture.rgb, picture.alpha


def test_the_subject_is_cut_out_by_the_kept_matte() -> None:
    composed = compose(kept(), "standard", {}, settings=SETTINGS)
    rgb, alpha = pixels(composed)
    assert (composed.media_type, composed.extension) == ("image/png", "png")
    assert alpha is not None
    assert set(alpha[:, :40].flat) == {255}
    assert set(alpha[:, 40:].flat) == {0}
    assert (rgb[:, :40] == red_square(60, 80)[:, :40]).all()


def test_a_new_background_and_format() -> None:
    composed = compose(
        kept(), "standard", {"background_color": "#00ff00", "format": "jpeg"}, settings=SETTINGS
    )
    rgb, alpha = pixels(composed)
    assert (composed.media_type, alpha) == ("image/jpeg", None)
    assert abs(rgb[:, 50:].astype(int) - [0, 255, 0]).max() < 12


def test_an_image_behind_it() -> None:
    blue = encode_rgb(np.full((30, 40, 3), (0, 0, 255), np.uint8), "PNG")
    rgb, _ = pixels(compose(kept(blue), "standard", {}, settings=SETTINGS))
    assert (rgb[:, 50:] == (0, 0, 255)).all()


def test_crop_and_size() -> None:
    rgb, _ = pixels(compose(kept(), "standard", {"crop": True}, settings=SETTINGS))
    assert rgb.shape[:2] == (60, 40)
    rgb, _ = pixels(compose(kept(), "standard", {"size": "120x100"}, settings=SETTINGS))
    assert rgb.shape[:2] == (100, 120)


def test_what_makes_no_sense_is_refused() -> None:
    for options in ({"nonsense": 1}, {"quality": 0}, {"model": "u2net"}):
        with pytest.raises(InvalidInput):
            compose(kept(), "standard", options, settings=SETTINGS)
    with pytest.raises(InvalidInput):
        compose(kept(kept().source), "standard", {"background_color": "#fff"}, settings=SETTINGS)
    with pytest.raises(UnreadableImage):
        compose(kept(encode_rgb(red_square(60, 80), "PNG")[:-60]), "standard", {}, settings=SETTINGS)


async def test_only_what_came_out_is_composed_and_that_is_free(db: Database, parts: Parts) -> None:
    who = Customer(db, await new_account(db, 100))
    job = await who.submit(await stored_source(parts.storage))
    async with db.transaction() as tx:
        with pytest.raises(WrongState, match="pending"):
            await find_for_compose(tx, who.id, job.id)
    await process(parts, job.id, interactive=True)
    paid = await balance_of(db, who.id)
    async with db.transaction() as tx:
        source_key, matte_key = keys_of(await find_for_compose(tx, who.id, job.id))
    assert source_key == job.source_key
    assert await parts.storage.get(matte_key) == b"matte"
    assert await balance_of(db, who.id) == paid == Balance(92, 0)


def test_composing_and_reading_through_load_no_inference_runtime() -> None:
    program = """
import sys
import lumiku.removals.compose, lumiku.removals.sources, lumiku.removals.submit_batch
print([name for name in ("openvino", "onnxruntime") if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
