"""Every change of a subscription has its words, in every language, and no place in them stays empty."""

import pytest

from lumiku.mail.texts import write_letter
from lumiku.subscriptions.transitions import TRANSITIONS

FACTS = {"plan": "pro", "next": "starter", "until": "2026-02-28 10:00", "grace": "2026-03-07 10:00"}
CHANGES = sorted(
    {
        (event, state)
        for event, follows in TRANSITIONS.items()
        for states in follows.values()
        for state in states
    }
)


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize(("event", "state"), CHANGES)
def test_a_change_has_its_letter(event: str, state: str, language: str) -> None:
    facts = {**FACTS, "event": event, "state": state, "link": "https://example.com/apps/background-remover"}
    letter = write_letter("subscription", language, facts)
    assert letter.subject
    assert facts["link"] in letter.body
    assert "{" not in letter.body


def test_a_change_without_words_is_found() -> None:
    with pytest.raises(KeyError):
        write_letter("subscription", "en", {**FACTS, "event": "fly", "state": "active", "link": ""})
