"""Peak memory of one picture, at 12 and at 49.5 megapixels, and growth: `python -m benchmarks.memory`."""

import argparse
from pathlib import Path

from benchmarks.pictures import make_pictures
from benchmarks.speed import Side


def peak(picture: Path, name: str, what: str) -> float:
    """Peak megabytes of a fresh process that does one picture."""
    side = Side(name, what)
    answer = side.run(picture)
    side.close()
    return float(answer["peak_mb"])


def growth(picture: Path, count: int) -> tuple[float, float]:
    """Resident megabytes after 50 and after `count` pictures in one process."""
    side = Side("lumiku", "standard")
    early = 0.0
    for number in range(1, count + 1):
        answer = side.run(picture)
        if number == 50:
            early = float(answer["resident_mb"])
    side.close()
    return early, float(answer["resident_mb"])


def main() -> None:
    """Print both figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=1000)
    args, _ = parser.parse_known_args()
    pictures = make_pictures()
    for name in ("portrait-12mp", "busy-12mp"):
        ours, theirs = (
            peak(pictures[name], "lumiku", "standard"),
            peak(pictures[name], "rembg", "isnet-general-use"),
        )
        print(f"{name}, standard: peak {ours:.0f} MB (at most 450); rembg {theirs:.0f} MB", flush=True)
    most = peak(pictures["busy-49mp"], "lumiku", "industry")
    print(f"busy-49mp, industry: peak {most:.0f} MB (at most 1500)", flush=True)
    early, late = growth(pictures["portrait-1mp"], args.pictures)
    change = f"{late / early - 1:+.1%} (at most +5 %)"
    print(f"after 50 pictures {early:.0f} MB, after {args.pictures}: {late:.0f} MB, {change}")


if __name__ == "__main__":
    main()
