"""Mutates good files and lets a watched process decode them, for LUMIKU_SOAK_MINUTES (one by default)."""

import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from support.bad_pictures import bad_pictures
from support.decode_watch import CRASHED, HUNG, watch
from support.pictures import WRITTEN_FORMATS, encode, encode_rgb, make_rgb

MAX_CPU_S = 10.0
MAX_PEAK_MB = 1500.0
# Numbers that sizes, counts and offsets overflow at.
EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
OTHER_FORMATS = ("PPM", "TGA", "PCX", "SGI", "ICO", "ICNS", "JPEG2000", "DDS", "QOI", "SPIDER", "MSP")

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(0),  # as long as LUMIKU_SOAK_MINUTES says
    pytest.mark.skipif(sys.platform != "linux", reason="the watch reads /proc"),
]


def _seeds() -> list[bytes]:
    rgb = make_rgb(40, 56)
    image = Image.fromarray(rgb)
    seeds = [encode_rgb(rgb, name) for name in WRITTEN_FORMATS]
    seeds += [encode_rgb(rgb, "TIFF", compression=f"tiff_{kind}") for kind in ("lzw", "deflate", "jpeg")]
    seeds += [encode_rgb(rgb, "TIFF", compression=kind) for kind in ("packbits", "zstd", "lzma")]
    seeds += [encode_rgb(rgb, "JPEG", progressive=True), encode(image.convert("CMYK"), "JPEG")]
    seeds += [encode(image.quantize(16), name) for name in ("PNG", "GIF", "BMP", "TIFF")]
    seeds += [encode(image.convert("RGBA"), name) for name in ("PNG", "WEBP", "TIFF", "AVIF", "ICO")]
    for name in OTHER_FORMATS:
        seeds.append(encode(image.convert({"SPIDER": "F", "MSP": "1"}.get(name, "RGB")), name))
    return seeds + [bad.data for bad in bad_pictures() if len(bad.data) < 20_000]


def _mutate(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    mutant = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        # Headers are where damage tells most.
        reach = len(mutant) if chance.random() < 0.5 else min(len(mutant), 200)
        at = chance.randrange(reach) if reach else 0
        kind = chance.randrange(7)
        if kind == 0 and mutant:
            mutant[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            width = chance.choice((1, 2, 4))
            value = chance.choice(EDGES) & ((1 << 8 * width) - 1)
            mutant[at : at + width] = value.to_bytes(width, chance.choice(("big", "little")))
        elif kind == 2:
            del mutant[at : at + chance.randrange(1, 64)]
        elif kind == 3:
            mutant[at:at] = mutant[at : at + chance.randrange(1, 2000)] * chance.randrange(1, 50)
        elif kind == 4:
            mutant[at : at + 16] = chance.randbytes(16)
        elif kind == 5:
            del mutant[at:]
        else:
            other = chance.choice(others)
            start = chance.randrange(len(other)) if other else 0
            mutant[at:at] = other[start : start + chance.randrange(1, 500)]
    return bytes(mutant)


def _mutants(seed: int, seconds: float) -> Iterator[tuple[str, bytes]]:
    chance = random.Random(seed)
    seeds = _seeds()
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        number += 1
        yield f"{seed}-{number}", _mutate(chance.choice(seeds), chance, seeds)


def test_no_mutant_crashes_hangs_or_hogs(tmp_path: Path) -> None:
    minutes = float(os.environ.get("LUMIKU_SOAK_MINUTES", "1"))
    seed = int(os.environ.get("LUMIKU_SOAK_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 30)
    last: dict[str, bytes] = {}

    def remembered() -> Iterator[tuple[str, bytes]]:
        for name, data in _mutants(seed, minutes * 60):
            last.clear()
            last[name] = data
            yield name, data

    count = decoded = 0
    faults: list[str] = []
    for verdict in watch(remembered()):
        count += 1
        decoded += verdict.code == "ok"
        broken = verdict.code in {CRASHED, HUNG} or verdict.code.startswith("LEAKED") or verdict.noise
        if broken or verdict.cpu_s > MAX_CPU_S or verdict.peak_mb > MAX_PEAK_MB or "\n" in verdict.message:
            kept = tmp_path / verdict.name
            kept.write_bytes(last[verdict.name])
            faults.append(f"{kept}: {verdict}")
    sys.stdout.write(f"{count} mutants of seed {seed}, {decoded} decoded\n")
    assert faults == [], f"{len(faults)} of {count} mutants of seed {seed}"
    # A fuzzer of which nothing or everything gets through tests nothing.
    assert 0.02 < decoded / count < 0.98, f"{decoded} of {count} decoded"
