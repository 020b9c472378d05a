"""An engine process, slow or deadly by a picture's width: `python -m support.chaos_engine PARENT`."""

import io
import sys
from typing import Any

from PIL import Image

from lumiku.worker import inference_child
from support import inference_fake

PLAIN, SLOW, DEADLY, EMPTY = 80, 88, 96, 104


class WidthRemover(inference_fake.BadlyRemover):
    """Puts the word before the picture that the fake engine goes by."""

    def remove(self, picture: Any, *rest: Any) -> Any:
        width = Image.open(io.BytesIO(picture)).width
        prefix = {SLOW: inference_fake.SLOW, DEADLY: inference_fake.KILL}.get(width, b"")
        return super().remove(prefix + picture, *rest)


if __name__ == "__main__":
    inference_child.main(int(sys.argv[1]), WidthRemover)
