"""How long to wait before the next try: at once after a mishap, longer and longer while it goes on."""

from dataclasses import dataclass

_FIRST_S = 0.2
_LONGEST_S = 20.0


@dataclass
class Backoff:
    """Doubles with each failure in a row."""

    failures: int = 0

    def fail(self) -> float:
        """Count a failure; gives the seconds to wait."""
        self.failures += 1
        return float(min(_FIRST_S * 2 ** (self.failures - 1), _LONGEST_S))

    def forget(self) -> None:
        """It has worked for a while."""
        self.failures = 0
