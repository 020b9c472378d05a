"""Which picture becomes which file, settled before any work so that no result takes another's place."""

import os
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lumiku.cli.errors import UsageFault
from lumiku.cli.flags import Format
from lumiku.cli.inputs import STDIN, Arguments, Listing, Source, list_pictures

EXTENSIONS: dict[str, Format] = {
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".webp": "webp",
    ".avif": "avif",
    ".zip": "zip",
}
MATTE_SUFFIX = ".matte.png"


@dataclass(frozen=True, slots=True)
class Job:
    """One picture and where its result goes.

    Attributes:
        source: the picture.
        output: the file to write, or None for standard output.
        matte_output: where the matte is kept, if it is.
        below: where the picture lies below the folder that was given.
    """

    source: Source
    output: Path | None
    matte_output: Path | None = None
    below: Path = Path()

    @property
    def output_name(self) -> str:
        """The output for people and programs: "-" is standard output."""
        return "-" if self.output is None else str(self.output)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where results go: a folder, one file, standard output, or (all empty) beside the pictures."""

    folder: Path | None = None
    file: Path | None = None
    stdout: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """From arguments to jobs; `jobs()` may be walked more than once, and holds one folder at a time.

    Attributes:
        arguments: the pictures and folders.
        destination: where results go.
        extension: of the results, with the dot.
        save_matte: whether mattes are kept beside the results.
        recursive: whether folders within folders count.
    """

    arguments: Arguments
    destination: Destination
    extension: str = ".png"
    save_matte: bool = False
    recursive: bool = True

    def jobs(self) -> Iterator[Job]:
        """Every picture with its output; deterministic for the same arguments and files."""
        if self.destination.stdout or self.destination.file:
            output = self.destination.file
            matte = _matte_of(output) if output and self.save_matte else None
            yield from (Job(source, output, matte) for source in self.arguments.pictures)
            return
        for folder, sources in self._named_pictures().items():
            suffix = "" if self.destination.folder else "-cutout"
            yield from self._name(Listing(None, Path(), tuple(sources)), folder, suffix)
        for root, output in self.folders():
            for listing in list_pictures(root, recursive=self.recursive, leave_out=output):
                yield from self._name(listing, output / listing.below)

    def folders(self) -> list[tuple[Path, Path]]:
        """Each folder given with the folder of its results.

        Raises:
            UsageFault: they are the same.
        """
        pairs: list[tuple[Path, Path]] = []
        taken: set[Path] = set()
        alone = len(self.arguments.folders) == 1 and not self.arguments.pictures
        for root in self.arguments.folders:
            name = root.resolve().name or "root"
            if self.destination.folder is None:
                output = root.resolve().with_name(f"{name}-cutout")
            elif alone:
                output = self.destination.folder
            else:
                output = _free(self.destination.folder / name, taken)
            taken.add(output)
            if output.resolve() == root.resolve():
                raise UsageFault("The folder of the results is the folder of the pictures: choose another.")
            pairs.append((root, output))
        return pairs

    def _named_pictures(self) -> dict[Path, list[Source]]:
        groups: dict[Path, list[Source]] = {}
        for source in self.arguments.pictures:
            beside = source.path.parent if source.kind == "file" else Path()
            groups.setdefault(self.destination.folder or beside, []).append(source)
        return groups

    def _name(self, listing: Listing, folder: Path, suffix: str = "") -> Iterator[Job]:
        names = name_results(
            [source.file_name for source in listing.sources], suffix + self.extension, matte=self.save_matte
        )
        for source, name in zip(listing.sources, names, strict=True):
            output = folder / name
            yield Job(source, output, _matte_of(output) if self.save_matte else None, listing.below)


def choose_destination(out: str | None, arguments: Arguments) -> Destination:
    """What `-o` means for these arguments.

    Raises:
        UsageFault: several results cannot go where `-o` points.
    """
    if out is None:
        only = arguments.pictures[0] if arguments.is_single else None
        return Destination(stdout=bool(only and only.kind == "stdin"))
    if out == STDIN:
        if not arguments.is_single:
            raise UsageFault("Only one picture can go to standard output.")
        return Destination(stdout=True)
    path = Path(out)
    is_folder = out.endswith(("/", os.sep)) or os.path.isdir(out)  # noqa: PTH112  no error where it is too long
    if arguments.is_single and not is_folder:
        return Destination(file=path)
    if os.path.isfile(out):  # noqa: PTH113  as above
        raise UsageFault("Several results need a folder, but -o names a file.")
    return Destination(folder=path)


def choose_format(chosen: Format | None, destination: Destination) -> tuple[Format, str]:
    """The format and the extension of the results.

    Raises:
        UsageFault: the extension of the output file belongs to no format that is written.
    """
    suffix = destination.file.suffix.lower() if destination.file else ""
    if chosen is None:
        if suffix and suffix not in EXTENSIONS:
            known = ", ".join(EXTENSIONS)
            raise UsageFault(f"-o cannot end in '{suffix}': {known}, or name the --format.")
        chosen = EXTENSIONS.get(suffix, "png")
    extension = next(extension for extension, name in EXTENSIONS.items() if name == chosen)
    return chosen, extension


def name_results(names: Sequence[str], ending: str, *, matte: bool = False) -> list[str]:
    """Names for the results of files that lie side by side.

    `a.jpg` gives `a.png`. Where that would be two pictures' name, each keeps its own extension
    (`a.jpg.png`, `a.webp.png`), and where even that is not enough, later ones get a number.

    Args:
        names: of the pictures; the same ones give the same result, in any order unless they are equal.
        ending: what a result's name ends with.
        matte: whether each result has a matte beside it that needs a name too.

    Returns:
        One name for each, all different also where case and Unicode form do not count.
    """
    stems = [Path(name).stem for name in names]
    while clashing := _clashing([_taken(stem, ending, matte=matte) for stem in stems]):
        longer = [i for i in clashing if stems[i] != names[i]]
        if not longer:
            return [f"{stem}{ending}" for stem in _numbered(stems, ending, matte=matte)]
        for i in longer:
            stems[i] = names[i]
    return [f"{stem}{ending}" for stem in stems]


def _clashing(groups: Sequence[tuple[str, ...]]) -> list[int]:
    uses = Counter(name for group in groups for name in group)
    return [i for i, group in enumerate(groups) if any(uses[name] > 1 for name in group)]


def _numbered(stems: Sequence[str], ending: str, *, matte: bool) -> list[str]:
    taken: set[str] = set()
    numbered = list(stems)
    for i in sorted(range(len(stems)), key=stems.__getitem__):
        number = 1
        while not taken.isdisjoint(_taken(numbered[i], ending, matte=matte)):
            number += 1
            numbered[i] = f"{stems[i]}-{number}"
        taken.update(_taken(numbered[i], ending, matte=matte))
    return numbered


def _taken(stem: str, ending: str, *, matte: bool) -> tuple[str, ...]:
    output = f"{stem}{ending}"
    names = (output, _matte_of(Path(output)).name) if matte else (output,)
    return tuple(unicodedata.normalize("NFC", name).casefold() for name in names)


def _matte_of(output: Path) -> Path:
    return output.with_name(f"{output.stem}{MATTE_SUFFIX}")


def _free(path: Path, taken: set[Path]) -> Path:
    number, candidate = 1, path
    while candidate in taken:
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate
