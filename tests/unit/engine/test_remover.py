"""Models loaded once, kept by use, shared between threads; deadlines, times and what is said to have run."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from lumiku.core.errors import InvalidInput, LumikuError
from lumiku.engine.errors import DeadlineExceeded, InvalidOption, ModelMissing, UnknownModel
from lumiku.engine.options import TIERS, Options
from lumiku.engine.pipeline import Clock, cut_out
from lumiku.engine.remover import Remover, pipeline_for
from lumiku.engine.settings import EngineSettings
from lumiku.engine.tiers import TIER_PIPELINES, PipelineSpec
from lumiku.engine.types import F32, U8, Deadline, Picture
from support.fake_engine import FakeRemover, RedModel, red_square
from support.pictures import encode_rgb

PICTURE = red_square()


def names_loaded(remover: FakeRemover) -> set[tuple[str, str]]:
    return set(remover._slots)


@pytest.mark.parametrize("tier", TIERS)
def test_a_result_says_what_ran_and_for_how_long(tier: str) -> None:
    remover = FakeRemover()
    pipeline = TIER_PIPELINES[tier]  # type: ignore[index]
    cutout = remover.remove(encode_rgb(PICTURE, "PNG"), Options(tier=tier))  # type: ignore[arg-type]
    assert (cutout.tier, cutout.pipeline) == (tier, pipeline.name)
    assert tuple(each.model for each in cutout.executions) == pipeline.models
    assert {each.precision for each in cutout.executions} == {pipeline.precision}
    steps = ["decode", "load", "infer", "fuse"]
    steps += ["second_pass"] if pipeline.second_pass else []
    steps += ["refine" if pipeline.refine else "restore", "measure", "foreground"]
    assert list(cutout.timings_ms) == steps
    assert all(ms >= 0 for ms in cutout.timings_ms.values())
    assert cutout.outcome == "ok"
    assert 0 < cutout.confidence <= 1
    assert cutout.box is not None


def test_the_times_of_the_steps_are_the_time_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(1000))
    monkeypatch.setattr("lumiku.engine.pipeline.time.perf_counter", lambda: next(ticks) / 1000)
    cutout = FakeRemover().remove(PICTURE, Options(model="u2netp"))
    # Two looks at the clock for each step; `fuse` ran twice.
    assert cutout.timings_ms == {
        name: 2.0 if name == "fuse" else 1.0
        for name in ("decode", "load", "infer", "fuse", "refine", "measure", "foreground")
    }


def test_a_pipeline_in_data_decides_which_steps_run() -> None:
    plain = PipelineSpec("plain", ("red",), "f32", refine=False, rough_colour=True)
    cutout = cut_out(Picture(PICTURE), plain, RedModel, Options(), Clock(Deadline()))
    assert list(cutout.timings_ms) == ["load", "infer", "fuse", "restore", "measure", "foreground"]
    assert cutout.pipeline == "plain"


def test_the_colour_is_left_alone_where_nobody_wants_it() -> None:
    for options in (Options(decontaminate=False), Options(mask_only=True)):
        cutout = FakeRemover().remove(PICTURE, options)
        assert "foreground" not in cutout.timings_ms
        assert cutout.rgb is cutout.original


def test_one_model_alone_instead_of_the_tiers() -> None:
    remover = FakeRemover()
    cutout = remover.remove(PICTURE, Options(tier="industry", model=" U2NETP "))
    assert cutout.pipeline == "model:u2netp"
    assert names_loaded(remover) == {("u2netp", "int8")}
    assert [model.calls for model in remover.models] == [1]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (Options(tier="gold"), InvalidOption),  # type: ignore[arg-type]
        (Options(quality=0), InvalidOption),
        (Options(model="u2nett"), UnknownModel),
    ],
)
def test_bad_options_are_found_before_any_work(options: Options, error: type[LumikuError]) -> None:
    remover = FakeRemover()
    with pytest.raises(error):
        remover.remove(b"not even a picture", options)
    with pytest.raises(error):
        remover.warm(options)
    assert not remover.loads


def test_a_deadline_that_is_over_stops_before_the_first_step() -> None:
    remover = FakeRemover()
    with pytest.raises(DeadlineExceeded, match="'decode'") as caught:
        remover.remove(PICTURE, deadline=Deadline.after(0))
    assert caught.value.details["step"] == "decode"
    assert not remover.loads
    with pytest.raises(DeadlineExceeded):
        FakeRemover(EngineSettings(timeout_s=1e-9)).remove(PICTURE)
    assert FakeRemover(EngineSettings(timeout_s=60)).remove(PICTURE).outcome == "ok"


@pytest.mark.parametrize("step", ["load", "infer", "fuse", "second_pass", "refine", "measure", "foreground"])
def test_a_deadline_names_the_step_that_did_not_start(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []

    def check(self: Deadline, name: str) -> None:
        begun.append(name)
        if name == step:
            raise DeadlineExceeded("over", step=name)

    monkeypatch.setattr(Deadline, "check", check)
    with pytest.raises(DeadlineExceeded) as caught:
        FakeRemover().remove(PICTURE, Options(tier="professional"))
    assert caught.value.details["step"] == step
    assert begun[0] == "decode"
    assert begun[-1] == step


def test_warm_loads_what_the_removal_needs_and_no_more() -> None:
    remover = FakeRemover()
    remover.warm(Options(tier="professional"))
    loaded = set(remover.loads)
    assert loaded == {(name, "int8") for name in TIER_PIPELINES["professional"].models}
    remover.remove(PICTURE, Options(tier="professional"))
    assert set(remover.loads.values()) == {1}


def test_the_settings_precision_overrides_the_pipelines() -> None:
    remover = FakeRemover(EngineSettings(precision="f32"))
    remover.warm(Options(tier="standard"))
    assert names_loaded(remover) == {("isnet", "f32")}
    remover = FakeRemover(EngineSettings(precision="int8"))
    remover.warm(Options(tier="industry"))
    assert {precision for _, precision in remover.loads} == {"int8"}


def test_a_race_loads_a_model_once() -> None:
    remover = FakeRemover()
    remover.gate.clear()
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(remover.remove, PICTURE) for _ in range(8)]
        remover.gate.set()
        mattes = [job.result(30).matte for job in jobs]
    assert dict(remover.loads) == {("isnet", "int8"): 1}
    assert all(np.array_equal(matte, mattes[0]) for matte in mattes)


def test_a_slow_load_holds_up_no_other_model() -> None:
    remover = FakeRemover()
    remover.warm(Options(model="u2netp"))
    remover.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(remover.warm, Options(model="u2net"))
        while not remover.loads["u2net", "int8"]:
            threading.Event().wait(0.001)
        assert remover.remove(PICTURE, Options(model="u2netp")).outcome == "ok"
        assert not slow.done()
        remover.gate.set()
        slow.result(30)


def test_the_model_not_used_for_longest_goes() -> None:
    remover = FakeRemover(EngineSettings(max_models=2))
    for name in ("u2netp", "u2net", "u2netp", "isnet"):
        remover.warm(Options(model=name))
    assert {name for name, _ in names_loaded(remover)} == {"u2netp", "isnet"}
    remover.warm(Options(model="u2netp"))
    assert remover.loads["u2netp", "int8"] == 1
    remover.warm(Options(model="u2net"))
    assert remover.loads["u2net", "int8"] == 2


def test_an_evicted_model_finishes_its_picture() -> None:
    remover = FakeRemover(EngineSettings(max_models=1))
    cutout = remover.remove(PICTURE, Options(tier="professional"))  # its second model evicts its first
    assert len(names_loaded(remover)) == 1
    assert np.array_equal(cutout.matte, FakeRemover().remove(PICTURE, Options(tier="professional")).matte)

    def alternate(number: int) -> U8:
        return remover.remove(PICTURE, Options(model=("u2net", "isnet", "u2netp")[number % 3])).matte

    with ThreadPoolExecutor(8) as pool:
        mattes = list(pool.map(alternate, range(60)))
    assert all(np.array_equal(matte, mattes[0]) for matte in mattes)
    assert len(names_loaded(remover)) == 1


def test_a_failed_load_takes_no_place_and_is_tried_again() -> None:
    remover = FakeRemover(EngineSettings(max_models=1))
    remover.warm(Options(model="u2netp"))
    remover.failures["isnet"] = ModelMissing("not here")
    for _ in range(2):
        with pytest.raises(ModelMissing):
            remover.remove(PICTURE)
    assert {name for name, _ in names_loaded(remover)} == {"u2netp"}
    del remover.failures["isnet"]
    assert remover.remove(PICTURE).outcome == "ok"
    assert remover.loads["isnet", "int8"] == 3


def test_threads_get_what_one_after_the_other_gets() -> None:
    pictures = [red_square(40 + 7 * n, 90 - 5 * n) for n in range(8)]
    alone = [FakeRemover().remove(picture).to_bytes() for picture in pictures]
    remover = FakeRemover()
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda picture: remover.remove(picture).to_bytes(), pictures))
    assert together == alone
    assert len(set(alone)) == 8


def test_an_empty_picture_has_an_empty_matte() -> None:
    grey = np.full((30, 40, 3), 90, np.uint8)
    for tier in TIERS:
        cutout = FakeRemover().remove(grey, Options(tier=tier))
        assert (cutout.outcome, cutout.confidence, cutout.box) == ("unknown_foreground", 0.0, None)
        assert not cutout.matte.any()
        assert cutout.matte.shape == (30, 40)


class Haze(RedModel):
    """Sees a veil that is just enough for a subject, and that later steps thin out."""

    def predict(self, rgb: U8, deadline: Deadline) -> F32:
        return np.full((32, 32), 0.31, np.float32)


def test_a_haze_that_turns_out_to_be_no_subject_leaves_nothing() -> None:
    plain = PipelineSpec("plain", ("haze",), "f32", refine=False)
    cutout = cut_out(Picture(PICTURE), plain, Haze, Options(), Clock(Deadline()))
    assert list(cutout.timings_ms)[:4] == ["load", "infer", "fuse", "restore"]  # it did pass for one at first
    assert cutout.outcome == "unknown_foreground"
    assert not cutout.matte.any()


def test_a_faint_matte_that_was_brought_is_kept(tmp_path: Path) -> None:
    faint = np.full(PICTURE.shape[:2], 40, np.uint8)
    cutout = offline(tmp_path).apply_matte(PICTURE, faint)
    assert cutout.outcome == "unknown_foreground"
    assert np.array_equal(cutout.matte, faint)


def test_existing_transparency_stays() -> None:
    alpha = np.full(PICTURE.shape[:2], 255, np.uint8)
    alpha[:, :30] = 0
    alpha[:, 30:35] = 100
    cutout = FakeRemover().remove(np.dstack([PICTURE, alpha]))
    opaque = FakeRemover().remove(PICTURE)
    assert opaque.matte[:, :30].any()
    assert not cutout.matte[:, :30].any()
    assert cutout.matte[:, 30:35].max() == 100
    assert (cutout.matte <= alpha).all()


def offline(tmp_path: Path) -> Remover:
    return Remover(EngineSettings(models_dir=tmp_path / "none", offline=True))


def test_a_brought_matte_needs_no_model(tmp_path: Path) -> None:
    remover = offline(tmp_path)
    matte = np.zeros(PICTURE.shape[:2], np.uint8)
    matte[10:20, 30:50] = 255
    cutout = remover.apply_matte(encode_rgb(PICTURE, "PNG"), matte)
    assert np.array_equal(cutout.matte, matte)
    assert cutout.box == (30, 10, 50, 20)
    assert (cutout.pipeline, cutout.executions) == ("matte", ())
    assert list(cutout.timings_ms) == ["decode", "measure", "foreground"]
    assert cutout.to_bytes(background_color="red", crop=True, format="jpeg").startswith(b"\xff\xd8")
    assert not (tmp_path / "none").exists()
    with pytest.raises(LumikuError):  # while a removal does need one
        remover.remove(PICTURE)


@pytest.mark.parametrize("shape", [(60, 79), (80, 60), (1, 1)])
def test_a_matte_of_another_size_is_refused(tmp_path: Path, shape: tuple[int, int]) -> None:
    with pytest.raises(InvalidInput, match="80x60"):
        offline(tmp_path).apply_matte(PICTURE, np.zeros(shape, np.uint8))


@pytest.mark.parametrize("matte", [np.zeros((60, 80, 1), np.uint8), np.zeros((60, 80)), np.zeros(60, bool)])
def test_a_matte_of_another_kind_is_refused(tmp_path: Path, matte: U8) -> None:
    with pytest.raises(InvalidOption, match="HxW uint8"):
        offline(tmp_path).apply_matte(PICTURE, matte)


def test_a_decoded_picture_is_taken_as_it_is() -> None:
    cutout = FakeRemover().remove(Picture(PICTURE, icc_profile=b"profile"))
    assert cutout.original is PICTURE
    assert cutout.icc_profile == b"profile"


def test_the_pipelines_of_the_options() -> None:
    assert pipeline_for(Options(tier="basic")) is TIER_PIPELINES["basic"]
    assert pipeline_for(Options(tier="basic", model="isnet")).models == ("isnet",)
