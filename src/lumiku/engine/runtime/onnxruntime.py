"""Sessions on ONNX Runtime: the CPU, and the accelerators that its extras bring (CUDA, CoreML, DirectML)."""

import threading
from pathlib import Path

import numpy as np

from lumiku.engine.catalog import ModelSpec
from lumiku.engine.runtime.session import SessionFailed, first_line
from lumiku.engine.types import F32, U8

# Each name is the extra that installs it, too.
_PROVIDERS = {
    "onnxruntime": ("CPUExecutionProvider", "CPU"),
    "cuda": ("CUDAExecutionProvider", "CUDA"),
    "coreml": ("CoreMLExecutionProvider", "CoreML"),
    "directml": ("DmlExecutionProvider", "DirectML"),
}


class ONNXRuntimeSession:
    """One model in one ONNX Runtime session, in float32."""

    runtime = "onnxruntime"
    precision = "f32"

    def __init__(self, path: Path, spec: ModelSpec, *, provider: str, threads: int) -> None:
        """Load an ONNX file on the provider, and make sure that it really is that one.

        Raises:
            SessionFailed: the extra is not installed, or the device is not there.
        """
        try:
            import onnxruntime as ort  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise SessionFailed(f"it is not installed: pip install 'lumiku[{provider}]'") from error
        wanted, self.device = _PROVIDERS[provider]
        if wanted not in ort.get_available_providers():
            raise SessionFailed(f"the installed ONNX Runtime has no {wanted}")
        options = ort.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = threads
        try:
            self._session = ort.InferenceSession(str(path), options, providers=[wanted])
        except Exception as error:
            raise SessionFailed(first_line(error, path)) from error
        if self._session.get_providers()[0] != wanted:
            raise SessionFailed(f"{wanted} could not be started; ONNX Runtime would have used another")
        self._spec = spec
        given = self._session.get_inputs()[0]
        self._input = given.name
        # The export's own size: only OpenVINO's graph is rebuilt for the catalogue's.
        self.input_size = (int(given.shape[2]), int(given.shape[3]))
        std = np.array(spec.std, np.float32)
        self._scale = np.float32(1 / 255) / std
        self._shift = np.array(spec.mean, np.float32) / std
        self._lock = threading.Lock()

    def run(self, image: U8) -> F32:
        """See `Session.run`."""
        pixels = (image * self._scale - self._shift).transpose(2, 0, 1)[np.newaxis]
        with self._lock:
            (answer,) = self._session.run([self._spec.output], {self._input: np.ascontiguousarray(pixels)})
        matte: F32 = np.asarray(answer, dtype=np.float32)[0, 0]
        if self._spec.activation == "sigmoid":
            matte = np.float32(1) / (np.float32(1) + np.exp(-matte))
        return matte

    def release(self) -> None:
        """See `Session.release`. ONNX Runtime keeps its arena as long as the session."""
