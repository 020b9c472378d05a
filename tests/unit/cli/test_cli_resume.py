"""What is current, what is in the way, and what must never be replaced."""

import os
from pathlib import Path

import pytest

from lumiku.cli.errors import OutputExists, OutputIsInput
from lumiku.cli.records import Record, Records
from lumiku.cli.resume import Ledger, identities
from lumiku.core.errors import LumikuError

SOURCE, TIME_NS = "/pictures/a.jpg", 1_600_000_000_000_000_001


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "state" / "outputs.sqlite3")


@pytest.fixture
def output(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    path.write_bytes(b"result")
    return path


def ledger(
    records: Records, options: str = "x", *, force: bool = False, inputs: list[Path] | None = None
) -> Ledger:
    return Ledger(records, options, identities(inputs or []), force=force)


def test_nothing_there_is_not_current(records: Records, tmp_path: Path) -> None:
    assert not ledger(records).is_current(tmp_path / "none.png", SOURCE, TIME_NS)


def test_our_own_result_is_current_for_the_next_run_too(
    records: Records, output: Path, tmp_path: Path
) -> None:
    ledger(records).keep(output, SOURCE, TIME_NS, output.stat())
    assert ledger(records).is_current(output, SOURCE, TIME_NS)
    records.close()
    assert ledger(Records(tmp_path / "state" / "outputs.sqlite3")).is_current(output, SOURCE, TIME_NS)


@pytest.mark.parametrize(
    ("source", "time_ns", "options", "reason"),
    [
        ("/other/a.jpg", TIME_NS, "x", "another picture"),
        (SOURCE, TIME_NS + 1, "x", "has changed"),
        (SOURCE, TIME_NS, "y", "other options"),
    ],
)
def test_what_is_not_current_is_refused_by_name_of_the_reason(
    records: Records, output: Path, *, source: str, time_ns: int, options: str, reason: str
) -> None:
    ledger(records).keep(output, SOURCE, TIME_NS, output.stat())
    with pytest.raises(OutputExists, match=reason):
        ledger(records, options).is_current(output, source, time_ns)
    assert not ledger(records, options, force=True).is_current(output, source, time_ns)


def test_a_file_that_somebody_else_put_there_is_theirs(records: Records, output: Path) -> None:
    with pytest.raises(OutputExists, match="no record"):
        ledger(records).is_current(output, SOURCE, TIME_NS)
    ledger(records).keep(output, SOURCE, TIME_NS, output.stat())
    output.write_bytes(b"edited by hand")
    with pytest.raises(OutputExists, match="was changed since Lumiku made it"):
        ledger(records).is_current(output, SOURCE, TIME_NS)


def test_without_a_record_an_equal_modification_time_proves_nothing(records: Records, output: Path) -> None:
    os.utime(output, ns=(0, TIME_NS))
    with pytest.raises(OutputExists, match=r"no record of having made it.*-o.*--force"):
        ledger(records).is_current(output, SOURCE, output.stat().st_mtime_ns)


def test_of_two_runs_about_to_write_the_one_that_did_is_known(
    records: Records, output: Path, tmp_path: Path
) -> None:
    late = tmp_path / "late.part"
    late.write_bytes(b"the other run's result")
    ledger(records).keep(output, SOURCE, TIME_NS, output.stat())
    ledger(records, "y").keep(output, SOURCE, TIME_NS, late.stat())
    assert ledger(records).is_current(output, SOURCE, TIME_NS)
    with pytest.raises(OutputExists, match="other options"):
        ledger(records, "y").is_current(output, SOURCE, TIME_NS)


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("link", ["same", "symbolic", "hard"])
def test_a_picture_that_is_read_is_never_the_output(
    records: Records, tmp_path: Path, output: Path, link: str, force: bool
) -> None:
    target = output
    if link != "same":
        target = tmp_path / "link.png"
        (target.symlink_to if link == "symbolic" else target.hardlink_to)(output)
    with pytest.raises(OutputIsInput):
        ledger(records, force=force, inputs=[output]).is_current(target, SOURCE, TIME_NS)


def test_folders_and_broken_links_are_in_the_way(records: Records, tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "link.png").symlink_to(tmp_path / "nowhere")
    for name in ("folder.png", "link.png"):
        with pytest.raises(OutputExists):
            ledger(records).is_current(tmp_path / name, SOURCE, TIME_NS)


def test_records_that_cannot_be_kept_cost_nothing_but_memory(tmp_path: Path, output: Path) -> None:
    (tmp_path / "blocked").write_bytes(b"not a folder")
    (tmp_path / "broken.sqlite3").write_bytes(b"not a database, but long enough to be read as one" * 100)
    for path in (None, tmp_path / "blocked" / "outputs.sqlite3", tmp_path / "broken.sqlite3"):
        records = Records(path)
        records.keep(output, Record(1, 1, b"a", 1, "x"))
        assert records.find(output) == []
        with pytest.raises(LumikuError):
            ledger(records).is_current(output, SOURCE, TIME_NS)
        records.close()


def test_a_name_in_no_encoding_is_kept(records: Records, tmp_path: Path) -> None:
    name = tmp_path / os.fsdecode(b"caf\xe9.png")
    record = Record(1, 2, os.fsencode(name), None, "x")
    records.keep(name, record)
    assert records.find(name) == [record]
