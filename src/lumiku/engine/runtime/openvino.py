"""Sessions on OpenVINO: the fastest that a CPU can do with these models."""

import threading
from pathlib import Path

import numpy as np

from lumiku.engine.catalog import ModelSpec
from lumiku.engine.runtime.resident import forget_mapped, return_freed
from lumiku.engine.runtime.session import SessionFailed, first_line
from lumiku.engine.types import F32, U8
from lumiku.engine.weights.compiled import compile_model
from lumiku.engine.weights.graph import read_graph, with_byte_input


class OpenVINOSession:
    """One compiled model with one infer request.

    A second request would double the activations' memory and gain nothing: one inference already uses every
    thread. The lock makes callers take turns.
    """

    runtime = "openvino"
    device = "CPU"

    def __init__(
        self, path: Path, spec: ModelSpec, *, precision: str, hint: str, threads: int, cache_dir: Path
    ) -> None:
        """Load an optimised `.xml` as it is, or an ONNX file with its normalisation moved into the graph.

        Args:
            path: the model's file.
            spec: the model's row.
            precision: what the result reports.
            hint: OpenVINO's precision for what is not int8, "f32" or "bf16".
            threads: 0 is one for each core.
            cache_dir: where compiled models are kept between processes.

        Raises:
            SessionFailed: OpenVINO cannot load it.
        """
        self.precision = precision
        in_float = path.suffix != ".xml"
        spec = spec.in_float() if in_float else spec
        try:
            self._compiled = compile_model(
                with_byte_input(read_graph(path, spec), spec) if in_float else path,
                hint=hint,
                threads=threads,
                cache_dir=cache_dir,
            )
            self._request = self._compiled.create_infer_request()
        except RuntimeError as error:
            raise SessionFailed(first_line(error, path)) from error
        self.input_size = spec.input_size
        self._lock = threading.Lock()
        self._cache_dir = cache_dir
        self._give_back()

    def run(self, image: U8) -> F32:
        """See `Session.run`."""
        with self._lock:
            self._request.infer([image[np.newaxis]], share_inputs=True)
            matte: F32 = self._request.get_output_tensor(0).data[0, 0].astype(np.float32)
        return matte

    def release(self) -> None:
        """See `Session.release`."""
        with self._lock:
            self._compiled.release_memory()
        self._give_back()

    def _give_back(self) -> None:
        forget_mapped(self._cache_dir)
        return_freed()
