"""Compile the kernel, as the set-up does: ``python -m model.kernel``."""

from __future__ import annotations

import sys
import time

from model.kernel.cache import kernel


def main() -> None:
    """Compile the kernel if the cache has none, and report how long it took."""
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        sys.stderr.write(f"{line} ")
        sys.stderr.flush()

    began = time.perf_counter()
    kernel(say)
    if said:
        sys.stderr.write(f"{time.perf_counter() - began:.0f} s\n")


if __name__ == "__main__":
    main()
