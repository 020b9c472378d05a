"""A matte that somebody has edited, in place of the model's: the result is composed again, free of charge."""

import asyncio
import hashlib
import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import numpy as np
from PIL import Image
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.errors import InvalidInput
from lumiku.engine.pipeline import Clock, cut_out_with_matte
from lumiku.engine.steps.decode import DecodeLimits, decode
from lumiku.engine.steps.encode import encode
from lumiku.engine.steps.png import write_png
from lumiku.engine.steps.thumbnail import write_thumbnail
from lumiku.engine.types import U8, Deadline
from lumiku.removals.change_files import change_files
from lumiku.removals.errors import WrongState
from lumiku.removals.events import announce
from lumiku.removals.kept_files import keys_of
from lumiku.removals.model import Job
from lumiku.removals.options import BACKGROUND_KEY, engine_options
from lumiku.removals.settings import RemovalsSettings
from lumiku.storage.base import Storage
from lumiku.storage.errors import FileExpired, FileMissing
from lumiku.storage.keys import new_key

# Of a canvas, which has colour channels; grey is what they all say.
_MODES: Final = frozenset({"1", "L", "LA", "RGB", "RGBA"})


@dataclass(frozen=True, slots=True)
class Revised:
    """What was composed of a picture and another matte.

    Attributes:
        result: the file, by the options of its job.
        matte: grey PNG of the picture's upright size.
        thumbnail: WebP of the result.
        extension: of the result, without a dot.
        media_type: of the result.
        facts: those of the job's `metadata` that are others now.
    """

    result: bytes = field(repr=False)
    matte: bytes = field(repr=False)
    thumbnail: bytes = field(repr=False)
    extension: str
    media_type: str
    facts: Mapping[str, Any]


def read_matte(data: bytes, width: int, height: int) -> U8:
    """An edited matte: PNG, grey (or colour whose channels are equal), of exactly this size in pixels.

    Raises:
        InvalidInput: it is something else, or nothing is left of the subject.
    """
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            if image.size != (width, height):
                raise InvalidInput(f"the matte must be {width} x {height} pixels", field="matte")
            if image.mode not in _MODES:
                raise InvalidInput("the matte must be grey, eight bits", field="matte")
            matte = np.array(image.convert("L"), np.uint8)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidInput("the matte must be a PNG that can be read", field="matte") from error
    if not matte.any():
        raise InvalidInput("nothing would be left of the picture", field="matte")
    return matte


def revise(
    job: Job, source: bytes, matte: U8, background: bytes | None, *, rules: RemovalsSettings
) -> Revised:
    """Compose with another matte by the job's own options; takes a core for a while, so run it in a thread.

    Raises:
        LumikuError: the picture or the background cannot be read any more.
    """
    options = engine_options(job.tier, job.options, background)
    picture = decode(source, DecodeLimits(rules.max_bytes, rules.max_pixels, options.color_profile))
    cutout = cut_out_with_matte(picture, matte, options, Clock(Deadline()))
    canvas = cutout.compose(options)
    made = encode(canvas, options)
    facts = {
        "outputWidth": canvas.width,
        "outputHeight": canvas.height,
        "box": list(cutout.box) if cutout.box else None,
        "sha256": hashlib.sha256(made.data).hexdigest(),
        "crc32": zlib.crc32(made.data),
    }
    kept = write_png(matte, None, compression="fast")
    extension = made.extension.removeprefix(".")
    return Revised(made.data, kept, write_thumbnail(canvas), extension, made.media_type, facts)


async def edit_matte(
    storage: Storage, job: Job, edited: bytes | None, *, rules: RemovalsSettings, now: datetime
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Compose the job again with an edited matte, or with the model's own.

    Args:
        storage: of the files.
        job: of `find_job`.
        edited: the matte as a PNG file; None: the one that the model made.
        rules: limits on the picture.
        now: the time, for the keys.

    Returns:
        The columns for `keep_revision`, and the files to store before by their keys: to be deleted, what
        there is of them, if that or `keep_revision` fails.

    Raises:
        WrongState: the job has not come out, or has the model's own matte already.
        InvalidInput: the matte makes no sense.
        FileExpired: its files are no longer kept.
    """
    source_key, matte_key = _keys_for(job, restore=edited is None)
    background_key = job.options.get(BACKGROUND_KEY)
    try:
        source = await storage.get(source_key)
        background = None if background_key is None else await storage.get(str(background_key))
        given = await storage.get(matte_key) if edited is None else edited
    except FileMissing as error:
        raise FileExpired("the files of this job are no longer stored") from error
    matte = await asyncio.to_thread(read_matte, given, job.width or 0, job.height or 0)
    made = await asyncio.to_thread(revise, job, source, matte, background, rules=rules)
    keys = {
        "result_key": new_key("outputs", made.extension, now),
        "thumbnail_key": new_key("thumbnails", "webp", now),
        "matte_key": new_key("mattes", "png", now),
    }
    contents = {"result_key": made.result, "thumbnail_key": made.thumbnail, "matte_key": made.matte}
    values = {
        **keys,
        "first_matte_key": None if edited is None else (job.first_matte_key or job.matte_key),
        "output_type": made.media_type,
        "output_bytes": len(made.result),
        "metadata": {**job.metadata, **made.facts},
    }
    return values, {key: contents[column] for column, key in keys.items()}


async def keep_revision(tx: AsyncConnection, job: Job, values: Mapping[str, Any]) -> tuple[Job, list[str]]:
    """Put what was composed in the place of what was there; gives the keys that nothing names any more.

    Raises:
        WrongState: the job was changed, deleted or expired meanwhile.
    """
    now = await change_files(tx, job, "matte_key", values)
    if now is None:
        raise WrongState("the picture was changed or deleted meanwhile", status=job.status)
    await announce(tx, user_id=job.user_id, job_id=job.id, batch_id=job.batch_id)
    return now, sorted({*job.files} - {*now.files})


def _keys_for(job: Job, *, restore: bool) -> tuple[str, str]:
    source_key, matte_key = keys_of(job)
    if not restore:
        return source_key, matte_key
    if job.first_matte_key is None:
        raise WrongState("this job has the model's own matte already", status=job.status)
    return source_key, job.first_matte_key
