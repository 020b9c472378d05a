"""A resolver of names that gives what it is told to."""

import ipaddress

from lumiku.intake.address import IPAddress


class FakeResolver:
    """Gives one list of addresses for each question, the last one for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = [[ipaddress.ip_address(text) for text in answer] for answer in answers]
        self.questions: list[str] = []

    def __call__(self, host: str, timeout_s: float) -> list[IPAddress]:
        self.questions.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
