"""Test files have names of their own: pytest collects no two of one name, and `make soak` collects all."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

TESTS = Path(__file__).parents[1]


def shared(files: Iterable[Path]) -> list[str]:
    return [name for name, count in Counter(file.name for file in files).items() if count > 1]


def test_no_two_test_files_share_a_name() -> None:
    files = [*TESTS.rglob("test_*.py")]
    assert Path(__file__) in files
    assert shared(files) == []


def test_a_shared_name_is_found() -> None:
    assert shared([Path("one/test_a.py"), Path("two/test_a.py"), Path("two/test_b.py")]) == ["test_a.py"]
