"""Which picture becomes which file."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumiku.cli.errors import UsageFault
from lumiku.cli.inputs import sort_arguments
from lumiku.cli.naming import Destination, Plan, choose_destination, choose_format, name_results


def touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def outputs(arguments: list[str], out: str | None, **options: object) -> dict[str, str]:
    sorted_ = sort_arguments(arguments)
    destination = choose_destination(out, sorted_)
    _, extension = choose_format(None, destination)
    plan = Plan(sorted_, destination, extension, **options)  # type: ignore[arg-type]
    return {job.source.name: job.output_name for job in plan.jobs()}


@pytest.mark.parametrize(
    ("names", "results"),
    [
        (["a.jpg", "b.jpg"], ["a.png", "b.png"]),
        (["a.jpg", "a.png"], ["a.jpg.png", "a.png.png"]),
        (["A.jpg", "a.png", "b.gif"], ["A.jpg.png", "a.png.png", "b.png"]),
        (["a.jpg", "a.png", "a.jpg.tiff"], ["a.jpg.png", "a.png.png", "a.jpg.tiff.png"]),
        (["é.jpg", "e\u0301.png"], ["é.jpg.png", "e\u0301.png.png"]),
        (["a.jpg", "a.jpg"], ["a.jpg.png", "a.jpg-2.png"]),
        (["a", "a"], ["a.png", "a-2.png"]),
        (["a.b.jpg"], ["a.b.png"]),
    ],
)
def test_names_that_would_collide_are_told_apart(names: list[str], results: list[str]) -> None:
    assert name_results(names, ".png") == results


def test_a_matte_needs_a_name_too() -> None:
    assert name_results(["a.jpg", "a.matte.jpg"], ".png") == ["a.png", "a.matte.png"]
    assert name_results(["a.jpg", "a.matte.jpg"], ".png", matte=True) == ["a.jpg.png", "a.matte.jpg.png"]


FILE_NAMES = st.builds(
    lambda stem, extensions: stem + "".join(extensions),
    st.sampled_from(["a", "A", "b", "a-2", "a.matte", "ß", "SS"]),
    st.lists(st.sampled_from([".jpg", ".png", ".PNG", ".matte", ".webp"]), max_size=3),
)


@given(st.lists(FILE_NAMES, max_size=8), st.booleans())
def test_no_two_results_share_a_name(names: list[str], matte: bool) -> None:
    results = name_results(names, ".png", matte=matte)
    assert len(results) == len(names)
    files = [[name, *([f"{Path(name).stem}.matte.png"] if matte else [])] for name in results]
    folded = [name.casefold() for name in itertools.chain.from_iterable(files)]
    assert len(set(folded)) == len(folded)


@given(
    st.lists(FILE_NAMES, max_size=6, unique=True).flatmap(lambda n: st.tuples(st.just(n), st.permutations(n)))
)
def test_the_order_of_different_files_does_not_matter(both: tuple[list[str], list[str]]) -> None:
    first, second = (dict(zip(names, name_results(names, ".png"), strict=True)) for names in both)
    assert first == second


def test_a_file_gives_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "a.jpg")
    monkeypatch.chdir(tmp_path)
    assert outputs(["a.jpg"], None) == {"a.jpg": "a-cutout.png"}
    assert outputs(["a.jpg"], "x/b.webp") == {"a.jpg": "x/b.webp"}
    assert outputs(["a.jpg"], "x") == {"a.jpg": "x"}
    assert outputs(["a.jpg"], "x/") == {"a.jpg": "x/a.png"}
    assert outputs(["a.jpg"], "-") == {"a.jpg": "-"}
    (tmp_path / "x").mkdir()
    assert outputs(["a.jpg"], "x") == {"a.jpg": "x/a.png"}


def test_a_folder_gives_a_folder_with_the_same_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "in/a.jpg", "in/x/y/b.webp")
    monkeypatch.chdir(tmp_path)
    assert outputs(["in"], "out") == {"in/a.jpg": "out/a.png", "in/x/y/b.webp": "out/x/y/b.png"}
    beside = outputs(["in"], None)
    assert beside["in/x/y/b.webp"] == str(tmp_path / "in-cutout/x/y/b.png")


def test_several_folders_get_a_folder_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "p/in/a.jpg", "q/in/a.jpg", "c.jpg")
    monkeypatch.chdir(tmp_path)
    assert outputs(["p/in", "q/in", "c.jpg"], "out") == {
        "c.jpg": "out/c.png",
        "p/in/a.jpg": "out/in/a.png",
        "q/in/a.jpg": "out/in-2/a.png",
    }


def test_pictures_of_the_same_name_from_different_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "p/a.jpg", "q/a.jpg")
    monkeypatch.chdir(tmp_path)
    assert outputs(["p/a.jpg", "q/a.jpg"], "out") == {
        "p/a.jpg": "out/a.jpg.png",
        "q/a.jpg": "out/a.jpg-2.png",
    }
    assert outputs(["p/a.jpg", "q/a.jpg"], None) == {"p/a.jpg": "p/a-cutout.png", "q/a.jpg": "q/a-cutout.png"}


def test_stdin_goes_to_stdout_unless_told_otherwise(tmp_path: Path) -> None:
    assert outputs(["-"], None) == {"-": "-"}
    assert outputs(["-"], str(tmp_path / "b.png")) == {"-": str(tmp_path / "b.png")}


def test_where_results_cannot_go(tmp_path: Path) -> None:
    touch(tmp_path, "in/a.jpg", "in/b.jpg", "file.png")
    for arguments, out in [
        ([str(tmp_path / "in")], "-"),
        ([str(tmp_path / "in")], str(tmp_path / "file.png")),
        ([str(tmp_path / "in")], str(tmp_path / "in")),
        ([str(tmp_path / "in")], str(tmp_path / "in" / "..") + "/in/"),
        ([str(tmp_path / "in/a.jpg")], "b.bmp"),
    ]:
        with pytest.raises(UsageFault):
            outputs(arguments, out)


def test_the_format_by_extension_or_by_flag() -> None:
    assert choose_format(None, Destination(file=Path("a.JPG"))) == ("jpeg", ".jpg")
    assert choose_format(None, Destination(file=Path("a"))) == ("png", ".png")
    assert choose_format("webp", Destination(file=Path("a.xyz"))) == ("webp", ".webp")
    assert choose_format("jpeg", Destination(folder=Path("out"))) == ("jpeg", ".jpg")
    assert choose_format(None, Destination(folder=Path("out.jpg"))) == ("png", ".png")
