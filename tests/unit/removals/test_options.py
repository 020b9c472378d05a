"""Options of clients: refused before any work, kept as they differ from the defaults, and readable again."""

import pytest

from lumiku.core.errors import InvalidInput
from lumiku.engine.errors import InvalidOption
from lumiku.engine.options import TIERS, Options
from lumiku.removals.options import BACKGROUND_KEY, check_options, check_tier, engine_options


def test_only_what_differs_is_kept() -> None:
    given = {"format": "webp", "quality": 90, "crop": True, "background_color": None, "size": "full"}
    assert check_options("basic", given) == {"format": "webp", "crop": True}


def test_what_is_kept_gives_the_same_options_again() -> None:
    given = {"format": "jpeg", "background_color": "#fff", "quality": 80, "decontaminate": False}
    kept = check_options("basic", given)
    wanted = Options(tier="basic", format="jpeg", background_color="#fff", quality=80, decontaminate=False)
    built = engine_options("basic", kept, None)
    assert all(getattr(built, name) == getattr(wanted, name) for name in Options.__dataclass_fields__)


def test_a_stored_background_counts_as_one() -> None:
    assert check_options("basic", {BACKGROUND_KEY: "uploads/x"}) == {BACKGROUND_KEY: "uploads/x"}
    with pytest.raises(InvalidOption, match="Only one background"):
        check_options("basic", {BACKGROUND_KEY: "uploads/x", "background_blur": 2.0})


@pytest.mark.parametrize(
    "given",
    [
        {"model": "u2net"},
        {"tier": "basic"},
        {"background_image": b"x"},
        {"nonsense": 1},
        {"quality": "90"},
        {"quality": True},
        {"crop": "true"},
        {"size": {"w": 1}},
        {"format": ["png"]},
        {"shadow_opacity": float("nan")},
        {"background_color": "url(x)"},
        {"format": "zip", "mask_only": True},
    ],
)
def test_what_makes_no_sense_is_a_client_s_fault(given: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        check_options("basic", given)


def test_tiers() -> None:
    assert [check_tier(tier) for tier in TIERS] == list(TIERS)
    for wrong in ("", "Basic", "gold", "basic "):
        with pytest.raises(InvalidInput) as refused:
            check_tier(wrong)
        assert refused.value.details["field"] == "tier"
