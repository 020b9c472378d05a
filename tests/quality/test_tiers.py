"""The tiers on the evaluation pictures, held against rembg's figures and against each other."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from benchmarks.matting_data import DATA, Item, composites, items
from benchmarks.scores import mean_over_sets, rank_correlation, score

from lumiku.engine.cutout import Cutout
from lumiku.engine.errors import ModelMissing
from lumiku.engine.options import Options, Tier
from lumiku.engine.remover import Remover
from lumiku.engine.settings import EngineSettings
from lumiku.engine.steps.foreground import estimate_foreground
from lumiku.engine.types import U8
from support.empty_pictures import empty_pictures
from support.model_runs import one_run_for_each_input
from support.parallel import threads_each

pytestmark = [
    pytest.mark.long,
    pytest.mark.shared,
    pytest.mark.models,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not (DATA / "LIST").exists(), reason=f"no evaluation data in {DATA}"),
]

# rembg 2.0.86 with the same weights in full precision, all pictures, mean over sets of per-set means.
REMBG = {"basic": {"wf": 0.8456, "biou": 0.6499}, "standard": {"wf": 0.8506, "biou": 0.6746}}
INT8_AND_NOISE = 0.005
# In full precision a picture takes seconds, so the slowest tier sees the second of every eight; the others
# see all.
SEEN = {"industry": slice(1, None, 8)}
# These run on one picture after the other, side by side, because they ask the same models the same questions.
TOGETHER: tuple[tuple[Tier, ...], ...] = (("basic", "standard", "professional"), ("industry",))
# The best that any of rembg's u2netp, u2net and isnet reaches on what a tier sees.
SINGLE_MODELS_BEST = {
    "professional": {"wf": 0.8506, "sm": 0.8846, "biou": 0.6746, "mae": 0.0534},
    "industry": {"wf": 0.8707, "sm": 0.9039, "biou": 0.7203, "mae": 0.0353},
}
LADDER = [("standard", "basic"), ("professional", "standard"), ("industry", "professional")]


@dataclass
class Result:
    """A tier's mattes of some pictures, scored."""

    scores: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    confidences: list[float] = field(default_factory=list)
    called_empty: list[Item] = field(default_factory=list)

    def note(self, item: Item, cutout: Cutout) -> None:
        self.scores[item] = score(cutout.matte, item.truth(), item.data_set)
        self.confidences.append(cutout.confidence)
        if cutout.outcome != "ok":
            self.called_empty.append(item)

    @functools.cached_property
    def mean(self) -> dict[str, float]:
        return mean_over_sets(self.scores)


def result(tier: Tier) -> Result:
    tiers = next(tiers for tiers in TOGETHER if tier in tiers)
    return results(tiers)[tier]


@functools.cache
def results(tiers: tuple[Tier, ...]) -> dict[Tier, Result]:
    found = {tier: Result() for tier in tiers}
    with one_run_for_each_input() as inputs:
        remover = Remover(EngineSettings(offline=True, threads=threads_each()))
        for item in items()[SEEN.get(tiers[0], slice(None))]:
            inputs.clear()
            for tier, of_tier in found.items():
                try:
                    cutout = remover.remove(item.picture.read_bytes(), Options(tier=tier, mask_only=True))
                except ModelMissing as missing:
                    pytest.skip(str(missing))
                of_tier.note(item, cutout)
    return found


@pytest.mark.parametrize("tier", ["basic", "standard"])
def test_int8_is_not_below_rembg_in_full_precision(tier: Tier) -> None:
    for metric, theirs in REMBG[tier].items():
        assert result(tier).mean[metric] >= theirs - INT8_AND_NOISE, metric


def above(ours: Mapping[str, float], theirs: Mapping[str, float]) -> bool:
    """Better in every figure that tells which matte holds together and has the better edge."""
    return (
        all(ours[metric] > theirs[metric] for metric in ("wf", "sm", "biou")) and ours["mae"] < theirs["mae"]
    )


@pytest.mark.parametrize(("tier", "below"), LADDER)
def test_each_tier_is_above_the_one_below(tier: Tier, below: Tier) -> None:
    scores = result(tier).scores
    ours, theirs = (
        mean_over_sets({item: of_tier.scores[item] for item in scores})
        for of_tier in (result(tier), result(below))
    )
    assert above(ours, theirs), (ours, theirs)
    assert not above(theirs, ours)
    assert not above(ours, ours)


@pytest.mark.parametrize("tier", ["professional", "industry"])
def test_fusion_is_above_every_single_model_of_rembg(tier: Tier) -> None:
    best = SINGLE_MODELS_BEST[tier]
    assert above(result(tier).mean, best), result(tier).mean
    alone = result("standard").scores
    assert not above(mean_over_sets({item: alone[item] for item in result(tier).scores}), best)


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


def test_what_the_tiers_share_changes_none_of_their_mattes() -> None:
    picture, other = (item.picture.read_bytes() for item in items()[:2])
    options = Options(tier="professional", mask_only=True)
    with one_run_for_each_input() as inputs:
        remover = Remover(EngineSettings(offline=True, threads=threads_each()))
        for tier in ("basic", "standard"):
            remover.remove(picture, Options(tier=tier, mask_only=True))  # type: ignore[arg-type]
        assert len(inputs) == 2
        shared = remover.remove(picture, options).matte
        assert len(inputs) == 4  # a mirrored picture and a second look; the rest was known
        remover.remove(other, options)
        assert len(inputs) > 4  # another picture is asked for anew
    alone = Remover(EngineSettings(offline=True, threads=threads_each())).remove(picture, options).matte
    assert np.array_equal(shared, alone)


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
