"""Scores of a matte against the truth, by the metrics of the saliency and matting literature."""

import statistics
from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from py_sod_metrics import Smeasure, WeightedFmeasure

U8 = NDArray[np.uint8]

ALPHA_SETS = frozenset({"am2k_samples", "alphamatting27", "adobe_comp", "synth_emoji"})
IGNORED_LEVEL = {"grabcut50": 128}
METRICS = ("iou", "biou", "sm", "wf", "mae", "sad")
_BAND_OF_DIAGONAL = 0.02


def score(matte: U8, truth: U8, data_set: str = "") -> dict[str, float]:
    """Score one matte.

    iou at 0.5; biou, boundary IoU (Cheng et al., CVPR 2021) with a band of 2 % of the diagonal; sm, structure
    measure (Fan et al., ICCV 2017); wf, weighted F (Margolin et al., CVPR 2014); mae; sad in thousands, alpha
    sets only.
    """
    if data_set in IGNORED_LEVEL:
        decided = np.where(matte >= 128, 255, 0).astype(np.uint8)
        truth = np.where(truth == IGNORED_LEVEL[data_set], decided, truth)
    difference = cv2.absdiff(matte, truth).astype(np.float64) / 255
    found, wanted = matte >= 128, truth >= 128
    hard_truth = wanted.astype(np.uint8) * 255
    structure, weighted = Smeasure(), WeightedFmeasure()
    structure.step(pred=matte, gt=hard_truth)
    weighted.step(pred=matte, gt=hard_truth)
    scores = {
        "iou": _iou(found, wanted),
        "biou": _iou(_boundary(found), _boundary(wanted)),
        "sm": float(structure.get_results()["sm"]),
        "wf": float(weighted.get_results()["wfm"]),
        "mae": float(difference.mean()),
    }
    if data_set in ALPHA_SETS:
        scores["sad"] = float(difference.sum() / 1000)
    return scores


def mean_over_sets(scores: Mapping[tuple[str, str], Mapping[str, float]]) -> dict[str, float]:
    """The mean over data sets of each set's mean, so that a large set does not drown a small one."""
    sets = mean_by_set(scores)
    return {
        name: statistics.fmean(values)
        for name in METRICS
        if (values := [row[name] for row in sets.values() if name in row])
    }


def mean_by_set(scores: Mapping[tuple[str, str], Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Each set's means; keys of `scores` are (set, picture)."""
    rows: dict[str, list[Mapping[str, float]]] = {}
    for (data_set, _), values in scores.items():
        rows.setdefault(data_set, []).append(values)
    return {
        data_set: {name: statistics.fmean(row[name] for row in of_set) for name in of_set[0]}
        for data_set, of_set in sorted(rows.items())
    }


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's correlation, without correction for ties."""
    ranks = [np.argsort(np.argsort(values)) for values in (one, other)]
    return float(np.corrcoef(*ranks)[0, 1])


def _iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    union = np.count_nonzero(one | other)
    return np.count_nonzero(one & other) / union if union else 1.0


def _boundary(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    height, width = mask.shape
    depth = max(1, round(_BAND_OF_DIAGONAL * float(np.hypot(height, width))))
    window = np.ones((2 * depth + 1, 2 * depth + 1), np.uint8)
    inner = cv2.erode(mask.astype(np.uint8), window, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return mask & (inner == 0)
