"""Coverage-guided fuzzing of one target with atheris, in a process of its own.

    python -m tests.fuzz.guided NAME --seconds S --seed N --corpus FOLDER

libFuzzer ends the process: with 0 when time is up, with another code and a file
`crash-…` in the folder when an input broke the target's promises.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import atheris


with atheris.instrument_imports(include=["safesession"]):
    from tests.fuzz.targets import BY_NAME


def main() -> None:
    """Hand everything over to libFuzzer, which does not return."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=sorted(BY_NAME))
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    options = parser.parse_args()
    target = BY_NAME[options.name]
    for number, seed in enumerate(target.seeds()):
        (options.corpus / f"seed-{number}").write_bytes(seed)
    atheris.Setup(
        [
            sys.argv[0],
            str(options.corpus),
            f"-max_total_time={options.seconds}",
            f"-seed={options.seed}",
            f"-artifact_prefix={options.corpus}/",
            "-max_len=70000",
            "-print_final_stats=1",
        ],
        target.run,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
