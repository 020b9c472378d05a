"""The most memory that the heaviest tiers take for the largest picture, in a fresh process."""

import sys

import pytest
from benchmarks.memory import peak
from benchmarks.pictures import make_pictures

from support.real_weights import settings_with

pytestmark = [
    pytest.mark.long,
    pytest.mark.models,
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self/status"),
]

LIMIT_MB = 1400
# Less cannot be: the picture, its matte and its colours, and the weights of one model.
LEAST_MB = 500


@pytest.mark.parametrize("tier", ["professional", "industry"])
def test_fifty_megapixels_stay_within_the_limit(tier: str) -> None:
    settings_with("isnet", "u2net")
    pictures = make_pictures()
    # Compiling the models, once on each machine, takes more: 1.46 GB.
    peak(pictures["portrait-1mp"], "lumiku", tier)
    assert LEAST_MB < peak(pictures["busy-49mp"], "lumiku", tier) < LIMIT_MB
