"""Writes rembg's masks: `PYTHON rembg_masks.py MODEL OUT PICTURE...`, run by a Python that has rembg."""

import sys
from pathlib import Path

from PIL import Image
from rembg import new_session, remove

if __name__ == "__main__":
    model, out, *pictures = sys.argv[1:]
    session = new_session(model)
    for number, path in enumerate(pictures):
        with Image.open(path) as image:
            remove(image.convert("RGB"), session=session, only_mask=True).save(Path(out) / f"{number}.png")
