"""A model's graph made ready to run: one input of bytes, one output, nothing computed for nobody."""

from collections import Counter
from pathlib import Path

import numpy as np
import openvino as ov
from openvino import opset13 as op
from openvino.preprocess import ColorFormat, PrePostProcessor

from lumiku.engine.catalog import ModelSpec


def read_graph(path: Path, spec: ModelSpec) -> ov.Model:
    """Read the weights and keep only the output that is the matte.

    Args:
        path: an ONNX file with a fixed 1x3xHxW float input.
        spec: the model's row; names the input's size, the output and its activation.

    Returns:
        A graph from 1x3xHxW normalised float32 to 1x1xHxW in [0, 1].
    """
    full = ov.Core().read_model(path)
    _set_input_size(full, spec.input_size)
    matte = next(output for output in full.outputs if spec.output in output.get_names())
    node = matte.get_node().input_value(0)
    if spec.activation == "sigmoid":
        node = op.sigmoid(node).output(0)
    model = ov.Model([op.result(node)], full.get_parameters(), spec.name)
    _name_by_order(model)
    return model


def _set_input_size(model: ov.Model, size: tuple[int, int]) -> None:
    """Make the graph take another input size than the one that its export baked into every Resize."""
    old = model.inputs[0].shape
    if tuple(old[2:]) == size:
        return
    for node in model.get_ordered_ops():
        if node.get_type_name() == "Interpolate":
            batch, channels, height, width = node.get_output_shape(0)
            target = [batch, channels, height * size[0] // old[2], width * size[1] // old[3]]
            node.input(1).replace_source_output(op.constant(np.array(target, dtype=np.int64)).output(0))
    # `reshape` would validate the new Resizes against the old input first.
    model.get_parameters()[0].set_partial_shape(ov.PartialShape([1, 3, *size]))
    model.validate_nodes_and_infer_types()


def _name_by_order(model: ov.Model) -> None:
    """Name every node by type and place: the importer's own names change from one read to the next."""
    counts: Counter[str] = Counter()
    for node in model.get_ordered_ops():
        kind = node.get_type_name()
        node.set_friendly_name(f"{kind}_{counts[kind]}")
        counts[kind] += 1


def with_byte_input(model: ov.Model, spec: ModelSpec) -> ov.Model:
    """Move the normalisation into the graph: the input becomes 1xHxWx3 uint8 RGB."""
    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC")).set_color_format(
        ColorFormat.RGB
    )
    steps.input().model().set_layout(ov.Layout("NCHW"))
    steps.input().preprocess().convert_element_type(ov.Type.f32).mean(
        [255.0 * mean for mean in spec.mean]
    ).scale([255.0 * std for std in spec.std])
    return steps.build()


def constant_value(output: ov.Output) -> np.ndarray:
    """The float32 value of a constant, also where the file stores it as float16 behind a conversion."""
    node = output.get_node()
    while node.get_type_name() == "Convert":
        node = node.input_value(0).get_node()
    return np.asarray(node.get_data(), dtype=np.float32)
