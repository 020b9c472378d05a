"""A model of the catalogue that runs on this machine."""

import cv2
import numpy as np

from lumiku.engine.catalog import ModelSpec
from lumiku.engine.runtime.session import Session
from lumiku.engine.shrink import shrink
from lumiku.engine.types import F32, U8, Deadline, Execution

# From here on the later steps need as much memory as inferring did (110 MB for int8 IS-Net), and taking it
# again at the next picture costs little beside them.
_LARGE_PX = 6_000_000
# In float inferring takes 280 MB (IS-Net) or 120 MB (U2-Net): too much for one to keep while another infers.
# Taking it again costs 0.1 s of processor time beside 1.4 s and 0.5 s.
_KEEPS_MEMORY = "int8"


class LocalModel:
    """Scales the whole picture to the model's square, as these models were trained, and asks the session."""

    def __init__(self, spec: ModelSpec, session: Session) -> None:
        self._size = session.input_size
        self._session = session
        self.execution = Execution(
            model=spec.name,
            version=(spec.sha256 or "unpinned")[:12],
            runtime=session.runtime,
            device=session.device,
            precision=session.precision,
        )

    def predict(self, rgb: U8, deadline: Deadline) -> F32:
        """See `MattingModel.predict`. Inference cannot be interrupted."""
        del deadline
        height, width = self._size
        # Where it grows: IS-Net's boundary IoU on the evaluation set is .678 with linear, .674 with cubic.
        if rgb.shape[0] >= height and rgb.shape[1] >= width:
            small = shrink(rgb, width, height)
        else:
            larger = rgb.shape[0] * rgb.shape[1] > height * width
            interpolation = cv2.INTER_AREA if larger else cv2.INTER_LINEAR
            small = np.asarray(cv2.resize(rgb, (width, height), interpolation=interpolation), dtype=np.uint8)
        large = rgb.shape[0] * rgb.shape[1] > _LARGE_PX
        if large:  # or the peak is 455 MB instead of 397 at the sixth picture
            self._session.release()
        matte = self._session.run(small)
        if large or self.execution.precision != _KEEPS_MEMORY:
            self._session.release()
        return matte
