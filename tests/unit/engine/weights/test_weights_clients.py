"""What is told when a registry's client fails."""

import pytest

from lumiku.engine.weights.clients import _reason


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["Collecting x", "ERROR: Could not find a version", "ERROR: No match for x", ""], "No match for x"),
        (
            ["npm error code E404", "npm error 404 Not Found - GET x", "npm error A log of this run: y"],
            "code E404: 404 Not Found - GET x",
        ),
        (["something", "Segmentation fault", ""], "Segmentation fault"),
        ([], "no word of why"),
        (["ERROR: https://user:secret@index/simple refused"], "https://***@index/simple refused"),
    ],
)
def test_the_clients_own_reason_is_told_without_credentials(lines: list[str], told: str) -> None:
    assert _reason(lines) == told
