"""``python -m tests.mutation``: plant every fault in a copy of the code, and say which test noticed.

A fault is noticed where pytest fails in it, not where it cannot even start. Exit code 1 where one is not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.mutation.faults import FAULTS
from tests.mutation.planting import Planted, copy_of_the_code, plant, run


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    arguments.add_argument("--only", help="faults in files whose path holds this")
    asked = arguments.parse_args()
    faults = [fault for fault in FAULTS if asked.only is None or asked.only in fault.file]
    survived: list[Planted] = []
    with tempfile.TemporaryDirectory() as name:
        code = copy_of_the_code(Path(name))
        without = run(code, sorted({fault.test for fault in faults}))
        if without.code != 0:
            print(f"the tests fail without any fault:\n{without.output}")
            return 1
        print("| file | fault | noticed by |\n| --- | --- | --- |")
        for fault in faults:
            planted = plant(code, fault)
            survived += [] if planted.is_noticed else [planted]
            old, new = (" ".join(text.split()).replace("|", "\\|") for text in (fault.old, fault.new))
            print(f"| {fault.file} | `{old}` → `{new}` | {planted.noticed_by or 'NOBODY'} |", flush=True)
    by_file = Counter(fault.file for fault in faults)
    print(f"\n{len(faults)} faults in {len(by_file)} files, {len(survived)} noticed by nobody")
    for planted in survived:
        print(f"\n{planted.fault.file}: {planted.fault.old}\n{planted.output[-2000:]}")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
