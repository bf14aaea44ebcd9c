"""Reads a case in a fresh process: seconds, peak memory in GB, seconds of writing it down."""

from __future__ import annotations

import resource
import sys
import time

from model.case.case import read_case


def main(inputs: str) -> None:
    """Measure and print; libraries are imported before."""
    from model.evidence.synthesis import program, synthesis

    began = time.perf_counter()
    case = read_case(inputs)
    read = time.perf_counter()
    kilobyte = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * kilobyte / 1e9
    parts = synthesis(case)
    program(parts).check()
    written = time.perf_counter()
    print(f"{read - began:.1f} {peak:.2f} {written - read:.1f} {parts.size}")


if __name__ == "__main__":
    main(sys.argv[1])
