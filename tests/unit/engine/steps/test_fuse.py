import numpy as np
import pytest

from lumiku.engine.steps.fuse import agreement, fuse
from support.mattes import disc


def soft_iou(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.minimum(one, other).sum() / np.maximum(one, other).sum())


def test_a_single_matte_is_returned_as_it_is() -> None:
    matte = disc(64, 64)
    assert fuse([matte]) is matte


def test_the_largest_size_and_the_range() -> None:
    fused = fuse([disc(64, 64), disc(256, 256, softness_px=8)])
    assert fused.shape == (256, 256)
    assert fused.dtype == np.float32
    assert fused.min() >= 0
    assert fused.max() <= 1


def test_equal_mattes_stay_what_they_are_where_they_are_sure() -> None:
    matte = disc(256, 256)
    assert np.abs(fuse([matte, matte]) - matte).max() < 0.12


def test_a_model_that_lost_the_subject_does_not_count() -> None:
    truth = disc(256, 256)
    lost = np.full((256, 256), 0.3, np.float32)
    assert soft_iou(fuse([lost, truth]), truth) > 0.97
    plain_mean = (lost + truth) / 2
    assert soft_iou(plain_mean, truth) < 0.7


def test_the_one_that_differs_from_the_others_is_outvoted() -> None:
    truth, wrong = disc(256, 256), np.roll(disc(256, 256), 110, axis=1)
    fused = fuse([truth, truth.copy(), wrong])
    assert soft_iou(fused, truth) > 0.9


def test_the_edge_is_the_fine_mattes() -> None:
    fine = disc(1024, 1024, softness_px=1.5)
    coarse = disc(64, 64, softness_px=4)
    assert np.abs(fuse([fine, coarse]) - fine).mean() < 0.002


def test_a_part_of_which_the_fine_ones_are_sure_is_no_ghost() -> None:
    beside = np.zeros((512, 512), np.float32)
    beside[200:400, 440:500] = 1
    main = disc(512, 512)
    fine = np.maximum(main, beside)
    coarse = disc(128, 128)
    fused = fuse([fine, coarse, coarse])
    assert np.abs(fused - fine).mean() < 0.01
    unsure = np.maximum(main, 0.6 * beside)
    assert fuse([unsure, coarse, coarse])[200:400, 440:500].mean() < 0.5
    assert fuse([main, fine, coarse, coarse])[200:400, 440:500].mean() < 0.5


def test_the_region_is_everybodys_where_the_fine_one_lost_it() -> None:
    lost = np.full((1024, 1024), 0.2, np.float32)
    coarse = disc(256, 256)
    fused = fuse([lost, coarse])
    assert soft_iou(fused >= 0.5, disc(1024, 1024) >= 0.5) > 0.97
    assert fused[:100].max() < 0.1


def test_a_wide_disagreement_is_decided_and_an_edge_is_not() -> None:
    one, other = disc(256, 256, softness_px=6), disc(256, 256, softness_px=6)
    one[96:160, 96:160] = 0.75
    other[96:160, 96:160] = 0.6
    fused = fuse([one, other])
    assert fused[128, 128] > 0.9
    edge = disc(256, 256, softness_px=6)
    soft = (edge > 0.2) & (edge < 0.8)
    assert np.abs(fused - edge)[soft].max() < 0.15


def test_nothing_seen_by_anybody_is_nothing() -> None:
    assert fuse([np.zeros((64, 64), np.float32), np.zeros((32, 32), np.float32)]).max() == 0


def test_agreement() -> None:
    empty, full = np.zeros((4, 4), np.float32), np.ones((4, 4), np.float32)
    assert agreement(empty, empty) == 1
    assert agreement(empty, full) == 0
    assert agreement(full * np.float32(0.5), full) == pytest.approx(0.5)
