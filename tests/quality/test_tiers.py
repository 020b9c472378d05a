"""The tiers on the evaluation pictures, held against rembg's figures and against each other."""

import functools
from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from benchmarks.matting_data import DATA, Item, composites, items
from benchmarks.scores import mean_over_sets, rank_correlation, score

from lumiku.engine.errors import ModelMissing
from lumiku.engine.options import Options, Tier
from lumiku.engine.remover import Remover
from lumiku.engine.settings import EngineSettings
from lumiku.engine.steps.foreground import estimate_foreground
from lumiku.engine.types import U8
from support.empty_pictures import empty_pictures

pytestmark = [
    pytest.mark.shared,
    pytest.mark.models,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not (DATA / "LIST").exists(), reason=f"no evaluation data in {DATA}"),
]

# rembg 2.0.86 with the same weights in full precision, all pictures, mean over sets of per-set means.
REMBG = {"basic": {"wf": 0.8456, "biou": 0.6499}, "standard": {"wf": 0.8506, "biou": 0.6746}}
SINGLE_MODELS_BEST = {"wf": 0.8506, "sm": 0.8846, "biou": 0.6746}
INT8_AND_NOISE = 0.005
INDUSTRY_EVERY = 4


class Result:
    """A tier's mattes of some pictures, scored."""

    def __init__(self, tier: Tier, pictures: Sequence[Item]) -> None:
        remover = Remover(EngineSettings(offline=True))
        self.scores: dict[tuple[str, str], dict[str, float]] = {}
        self.confidences: list[float] = []
        self.called_empty: list[Item] = []
        for item in pictures:
            try:
                cutout = remover.remove(item.picture.read_bytes(), Options(tier=tier, mask_only=True))
            except ModelMissing as missing:
                pytest.skip(str(missing))
            self.scores[item] = score(cutout.matte, item.truth(), item.data_set)
            self.confidences.append(cutout.confidence)
            if cutout.outcome != "ok":
                self.called_empty.append(item)
        self.mean = mean_over_sets(self.scores)


@functools.cache
def result(tier: Tier, every: int = 1) -> Result:
    return Result(tier, items()[::every])


@pytest.mark.parametrize("tier", ["basic", "standard"])
def test_int8_is_not_below_rembg_in_full_precision(tier: Tier) -> None:
    for metric, theirs in REMBG[tier].items():
        assert result(tier).mean[metric] >= theirs - INT8_AND_NOISE, metric


def better(one: Result, other: Result) -> None:
    for metric in ("wf", "sm", "biou"):
        assert one.mean[metric] > other.mean[metric], metric
    assert one.mean["mae"] < other.mean["mae"]


def test_professional_is_above_standard() -> None:
    better(result("professional"), result("standard"))


def test_professional_is_above_every_single_model_of_rembg() -> None:
    for metric, best in SINGLE_MODELS_BEST.items():
        assert result("professional").mean[metric] > best, metric


def test_industry_is_above_standard() -> None:
    better(result("industry", INDUSTRY_EVERY), result("standard", INDUSTRY_EVERY))


@pytest.mark.parametrize("tier", ["basic", "standard", "professional"])
def test_confidence_goes_with_the_intersection_over_union(tier: Tier) -> None:
    of_tier = result(tier)
    ious = [scores["iou"] for scores in of_tier.scores.values()]
    assert rank_correlation(of_tier.confidences, ious) > 0.5
    assert abs(rank_correlation(of_tier.confidences, ious[::-1])) < 0.3


def test_only_what_no_model_saw_is_called_empty() -> None:
    # Of 147 pictures U2-Net alone sees nothing in one (0.07 at most), IS-Net in int8 in another (0.13). Noise
    # peaks at 0.23, so no threshold tells these from empty pictures; the two together do.
    assert len(result("basic").called_empty) <= 1
    assert len(result("standard").called_empty) <= 1
    assert not result("professional").called_empty


@pytest.mark.parametrize("tier", ["basic", "standard", "professional"])
def test_an_empty_picture_gives_an_empty_matte(tier: Tier) -> None:
    remover = Remover(EngineSettings(offline=True))
    for name, picture in empty_pictures().items():
        try:
            cutout = remover.remove(picture, Options(tier=tier))
        except ModelMissing as missing:
            pytest.skip(str(missing))
        assert cutout.outcome == "unknown_foreground", name
        assert cutout.box is None, name
        assert not cutout.matte.any(), name


def test_the_scores_see_a_shifted_matte() -> None:
    item = items()[0]
    truth = item.truth()
    shifted = np.roll(truth, truth.shape[1] // 50, axis=1)
    right, wrong = score(truth, truth), score(shifted, truth)
    assert right["iou"] == right["biou"] == 1
    assert right["mae"] == 0
    assert wrong["biou"] < 0.9
    assert wrong["wf"] < right["wf"] - 0.01


def band_error(colour: U8, foreground: U8, alpha: U8) -> float:
    band = (alpha > 0) & (alpha < 255)
    return float(cv2.absdiff(colour, foreground)[band].mean())


def test_straight_colour_is_at_most_half_as_wrong_as_premultiplied_colour() -> None:
    ours, theirs = [], []
    for picture, foreground, alpha in composites():
        ours.append(band_error(estimate_foreground(picture, alpha), foreground, alpha))
        premultiplied = np.rint(picture * (alpha[..., None] / 255)).astype(np.uint8)
        theirs.append(band_error(premultiplied, foreground, alpha))
    assert np.mean(ours) <= 0.5 * np.mean(theirs)
