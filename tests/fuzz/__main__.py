"""``python -m tests.fuzz --count 10000 --seed 1``: mutate plan files and say what came of it.

A case is a failure where it ends in anything but a plan or a PlanFileError whose problems all have a place, where it
takes more than 5 seconds of processor time, or where the process grows beyond 1 GB. A plan that loads has finite
figures, is the same when it is read again, and can be checked. Exit code 1 where any case fails.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.fuzz.cases import KINDS, Tally, bases, run_case


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    arguments.add_argument("--count", type=int, default=10_000)
    arguments.add_argument("--first", type=int, default=0, help="number of the first case, to share the work")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--kind", choices=KINDS, help="only files of this kind")
    asked = arguments.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory() as name:
        base = bases(Path(name))
        for number in range(asked.first, asked.first + asked.count):
            tally.add(run_case(base, Path(name), asked.seed, number, asked.kind))
            done = number - asked.first + 1
            if done % 250 == 0:
                print(f"{done:6,} of {asked.count:,}: {tally.line()}", file=sys.stderr, flush=True)
    print(tally.table())
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
