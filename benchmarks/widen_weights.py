"""Writes an ONNX model with its float16 weights and arithmetic widened to float32: what rembg's file holds.

Runs in rembg's environment: widen_weights.py SOURCE TARGET
"""

import sys

import onnx
from onnx import TensorProto, numpy_helper


def widen(tensor: onnx.TensorProto) -> None:
    """Replace a float16 tensor by the same values in float32."""
    if tensor.data_type == TensorProto.FLOAT16:
        values = numpy_helper.to_array(tensor).astype("float32")
        tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))


def main(source: str, target: str) -> None:
    """Widen every initializer, constant and cast."""
    model = onnx.load(source)
    for tensor in model.graph.initializer:
        widen(tensor)
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR:
                widen(attribute.t)
            if node.op_type == "Cast" and attribute.name == "to" and attribute.i == TensorProto.FLOAT16:
                attribute.i = TensorProto.FLOAT
    del model.graph.value_info[:]
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.elem_type = TensorProto.FLOAT
    onnx.save(model, target)


if __name__ == "__main__":
    main(*sys.argv[1:])
