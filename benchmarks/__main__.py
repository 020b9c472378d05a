"""All benchmarks: `python -m benchmarks`."""

from benchmarks import batches, compose, endurance, memory, png, queueing, single, speed


def main() -> None:
    """Run one after the other; each prints its own table."""
    for part in (speed, memory, png, single, batches, endurance, compose, queueing):
        print(f"\n## {(part.__doc__ or '').splitlines()[0]}")
        part.main()


if __name__ == "__main__":
    main()
