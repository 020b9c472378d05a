"""Writes a sample picture: NASA's portrait of Eileen Collins, in the public domain, from scikit-image."""

import sys
from pathlib import Path

import skimage
from PIL import Image


def main() -> None:
    """Write it to the path given."""
    source = Path(skimage.__file__).parent / "data" / "astronaut.png"
    Image.open(source).convert("RGB").save(sys.argv[1], quality=95)


if __name__ == "__main__":
    main()
