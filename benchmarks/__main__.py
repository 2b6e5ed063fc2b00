"""Run the benchmarks and print what they gave; see `benchmarks/README.md` for how to read it."""

import argparse
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from types import ModuleType

from benchmarks import (
    appending,
    case_page,
    deciding,
    listing,
    rotating,
    sealing,
    serving,
    signing_in,
    verifying,
    web_pages,
)
from benchmarks.machine import busy, kind, load
from benchmarks.places import Run, begin_run
from benchmarks.report import Section, write_page, write_tables
from benchmarks.rows import Row

README = Path(__file__).with_name("README.md")
"""Where `--write` puts the page."""


@dataclass(frozen=True)
class Benchmark:
    """One thing to measure: its heading and text, and the function that gives its rows."""

    title: str
    text: str
    measure: Callable[[Run], list[Row]]

    @classmethod
    def of(cls, module: ModuleType) -> "Benchmark":
        """Return the benchmark that a module holds."""
        return cls(module.TITLE, module.TEXT, module.measure)


BENCHMARKS = {
    "sealing": Benchmark.of(sealing),
    "page": Benchmark.of(case_page),
    "rotation": Benchmark.of(rotating),
    "policy": Benchmark.of(deciding),
    "lists": Benchmark.of(listing),
    "serving": Benchmark.of(serving),
    "sign-in": Benchmark.of(signing_in),
    "pages": Benchmark.of(web_pages),
    "append": Benchmark.of(appending),
    "verify": Benchmark.of(verifying),
}
"""Every benchmark by the name that `--only` takes."""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, smaller tables")
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="NAME",
        choices=BENCHMARKS,
        help="leave out the others: %(choices)s",
    )
    parser.add_argument("--write", action="store_true", help="make benchmarks/README.md from it")
    parser.add_argument("--verbose", action="store_true", help="show the lists' query plans")
    options = parser.parse_args()
    if options.write and options.only:
        parser.error("--write needs the whole run: leave out --only")
    return options


def main() -> int:
    """Measure, print, and write the page where it was asked for."""
    options = _options()
    logging.getLogger("alembic").setLevel(logging.WARNING)
    sections, loads = [], []
    started = perf_counter()
    with begin_run(quick=options.quick, verbose=options.verbose) as run:
        for name in options.only or BENCHMARKS:
            benchmark, begun = BENCHMARKS[name], perf_counter()
            loads.append(load())
            print(f"{benchmark.title} ({name})", file=sys.stderr, flush=True)
            sections.append(Section(benchmark.title, benchmark.text, benchmark.measure(run)))
            run.say(f"took {perf_counter() - begun:.0f} s")
        machine = [*kind(run.server_version), busy([*loads, load()])]
    print(f"all of it took {perf_counter() - started:.0f} s", file=sys.stderr)
    print(write_tables(sections, machine))
    if options.write:
        page = write_page(sections, machine, quick=options.quick)
        README.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
