"""Turns a float graph into an int8 one by a recipe, so that no calibration picture is needed here.

A recipe holds what calibration found: between which values each activation lies, and which convolutions
bear eight bits. The weights' own ranges are read off the weights. `scripts/calibrate.py` makes recipes.
"""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import openvino as ov
from openvino import opset13 as op
from openvino._offline_transformations import compress_quantize_weights_transformation

from lumiku.engine.weights.graph import constant_value

ACTIVATION_LEVELS = 256
WEIGHT_LEVELS = 255
"""Symmetric around zero, so that the zero point is exact: -127..127."""


@dataclass(frozen=True, slots=True)
class ActivationRange:
    """Where one activation is rounded to eight bits.

    Attributes:
        producer: the node whose output is rounded, by its name in `read_graph`'s graph.
        consumers: (name, input index) of the nodes that read the rounded value.
        low, high: the range, in the activation's own units.
    """

    producer: str
    consumers: tuple[tuple[str, int], ...]
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Recipe:
    """What calibration of one model found.

    Attributes:
        name: the file's stem in `recipes/`.
        text: the file itself; part of the optimised model's cache key.
        weights_sha256: of the weights that it was made for.
        difference: root mean square difference to the float model on the self-check's picture, 0..1, as
            measured when the recipe was made; a build that differs much more is no sound one.
        convolutions: names of those whose weights are rounded, one range for each output channel.
        activations: in graph order.
    """

    name: str
    text: str
    weights_sha256: str
    difference: float
    convolutions: tuple[str, ...]
    activations: tuple[ActivationRange, ...]


def load_recipe(name: str) -> Recipe:
    """Read `recipes/<name>.json` from the package."""
    text = (files("lumiku.engine.weights") / "recipes" / f"{name}.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    activations = tuple(
        ActivationRange(producer, tuple((consumer, int(index)) for consumer, index in consumers), low, high)
        for producer, consumers, low, high in data["activations"]
    )
    return Recipe(
        name,
        text,
        data["weights_sha256"],
        float(data["difference"]),
        tuple(data["convolutions"]),
        activations,
    )


def quantize(model: ov.Model, recipe: Recipe) -> None:
    """Round activations and weights to eight bits, in place.

    Source: FakeQuantize semantics and the ranges' placement are those of NNCF's post-training quantisation.

    Raises:
        KeyError: the graph has no node of a name in the recipe; it was made for other weights or by an
            importer that names nodes otherwise.
    """
    nodes = {node.get_friendly_name(): node for node in model.get_ordered_ops()}
    for row in recipe.activations:
        low, high = np.float32(row.low), np.float32(row.high)
        source = nodes[row.producer].output(0)
        rounded = op.fake_quantize(source, low, high, low, high, ACTIVATION_LEVELS)
        for consumer, index in row.consumers:
            nodes[consumer].input(index).replace_source_output(rounded.output(0))
    for name in recipe.convolutions:
        weights = constant_value(nodes[name].input_value(1))
        limit = np.abs(weights).max(axis=(1, 2, 3), keepdims=True)
        limit[limit == 0] = 1.0
        rounded = op.fake_quantize(op.constant(weights), -limit, limit, -limit, limit, WEIGHT_LEVELS)
        original_type = nodes[name].input_value(0).get_element_type()
        nodes[name].input(1).replace_source_output(op.convert(rounded, original_type).output(0))
    model.validate_nodes_and_infer_types()
    compress_quantize_weights_transformation(model)
