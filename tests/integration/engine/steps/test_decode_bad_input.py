"""Hostile and damaged files: never a crash, a hang, a hog or a word on standard error."""

import sys
from pathlib import Path

import pytest

from support.bad_pictures import bad_pictures
from support.decode_watch import CRASHED, HUNG, Verdict, watch

MAX_CPU_S = 10.0
MAX_PEAK_MB = 1500.0
SHARED = Path(__file__).parents[4] / ".." / "shared" / "data" / "badinput"

# Files that do not do what Pillow, without plugins, says in the index, and why.
EXPECTED_OTHERWISE = {
    # HEIC is read by pi-heif, which the index was made without.
    "pillow/Tests/images/avif/hopper.heif": "ok",
    "pillow_heif/tests/images/heif/LA_8__128x128.heif": "ok",
    "pillow_heif/tests/images/heif/L_8__128x128.heif": "ok",
    "pillow_heif/tests/images/heif/L_8__29x100.heif": "ok",
    "pillow_heif/tests/images/heif/RGB_10__29x100.heif": "ok",
    "pillow_heif/tests/images/heif/RGB_8__128x128.heif": "ok",
    "pillow_heif/tests/images/heif/zPug_3.heic": "ok",
    "pillow_heif/tests/images/heif_other/L_exif_xmp_iptc.heic": "ok",
    "pillow_heif/tests/images/heif_other/invalid_id.heic": "ok",
    "pillow_heif/tests/images/heif_truncated/truncated.heic": "ok",
    # Its layers are damaged, which only asking for them shows; the flattened picture is whole.
    "pillow/Tests/images/psd-oob-write-overflow.psd": "ok",
    # 150 megapixels: Pillow warns, our limit of 50 refuses.
    "pillow/Tests/images/fli_oob/04r/initial.fli": "IMAGE_TOO_LARGE",
    "pillow/Tests/images/l2rgb_read.bmp": "IMAGE_TOO_LARGE",
    "pillow/Tests/images/bmp/b/reallybig.bmp": "IMAGE_TOO_LARGE",
}

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc"),
    pytest.mark.timeout(900),
]


def _faults(verdict: Verdict) -> list[str]:
    faults = []
    if verdict.code in {CRASHED, HUNG} or verdict.code.startswith("LEAKED"):
        faults.append(f"{verdict.code} {verdict.message}")
    if verdict.cpu_s > MAX_CPU_S:
        faults.append(f"{verdict.cpu_s:.1f} s")
    if verdict.peak_mb > MAX_PEAK_MB:
        faults.append(f"{verdict.peak_mb:.0f} MB")
    if verdict.noise:
        faults.append(f"printed {verdict.noise[:80]!r}")
    if verdict.code != "ok" and ("\n" in verdict.message or not verdict.message.endswith(".")):
        faults.append(f"message {verdict.message!r}")
    return [f"{verdict.name}: {fault}" for fault in faults]


def test_what_is_made_to_break_decoders() -> None:
    pictures = bad_pictures()
    codes: dict[str, tuple[str, ...]] = {}

    def files():
        for picture in pictures:
            codes[picture.name] = picture.codes
            yield picture.name, picture.data

    faults: list[str] = []
    for verdict in watch(files()):
        faults += _faults(verdict)
        if verdict.code not in codes[verdict.name]:
            faults.append(f"{verdict.name}: {verdict.code} {verdict.message!r}, not {codes[verdict.name]}")
    assert len(codes) > 150
    assert faults == []


@pytest.mark.shared
def test_the_shared_collection_of_bad_files() -> None:
    if not (SHARED / "INDEX.tsv").exists():
        pytest.skip(f"THE SHARED BAD FILES ARE ABSENT: {SHARED.name} beside the repository")
    rows = [line.split("\t") for line in (SHARED / "INDEX.tsv").read_text(encoding="utf-8").splitlines()]
    faults: list[str] = []
    for row, verdict in zip(
        rows, watch((row[0], (SHARED / row[0]).read_bytes()) for row in rows), strict=True
    ):
        faults += _faults(verdict)
        name, status = row[0], row[1]
        wanted = EXPECTED_OTHERWISE.get(name, "ok" if status == "ok" else "refused")
        came = verdict.code if verdict.code in {wanted, "ok"} else "refused"
        if came != wanted:
            faults.append(f"{name}: {verdict.code} {verdict.message!r}, but {status} by the index")
        if status == "ok" and verdict.code == "ok":
            size = [int(number) for number in row[3].split()[0].split("x")]
            if sorted(size) != sorted((verdict.width, verdict.height)):
                faults.append(f"{name}: {verdict.width}x{verdict.height}, but {row[3]} by the index")
    assert len(rows) > 800
    assert faults == []


def test_the_watch_sees_a_hog_a_hang_a_crash_a_spin_and_noise() -> None:
    megabytes = [("file", bytes(1_600_000))]
    (hog,) = watch(megabytes, "hog")
    assert _faults(hog) == [f"file: {hog.peak_mb:.0f} MB"]
    (hang,) = watch(megabytes, "hang", hang_s=2.0)
    assert hang.code == HUNG
    (crash,) = watch(megabytes, "crash")
    assert crash.code == CRASHED
    (spin,) = watch(megabytes, "spin")
    assert spin.cpu_s >= 0.5
    (loud,) = watch(megabytes, "print")
    assert _faults(loud) == ["file: printed 'noise'"]


def test_a_worker_that_died_is_replaced() -> None:
    verdicts = list(watch([("first", b"x"), ("second", b"x")], "crash"))
    assert [verdict.code for verdict in verdicts] == [CRASHED, CRASHED]
