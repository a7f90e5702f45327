# SPDX-License-Identifier: MIT
"""The benchmarks; see scripts/bench.sh."""

import argparse
import pathlib
import signal
import sys
import tempfile
import types

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "EndToEnd")]

import comparison  # noqa: E402
import costs  # noqa: E402
import counting  # noqa: E402
import counts  # noqa: E402
import panel  # noqa: E402
import periods  # noqa: E402
import ptp  # noqa: E402
import scale  # noqa: E402
import sessions  # noqa: E402
import ways  # noqa: E402

BENCHMARKS = {"costs": costs, "ways": ways, "statistics": counting, "counts": counts, "scale": scale, "peers": comparison,
              "periods": periods, "ptp": ptp, "sessions": sessions, "panel": panel}


def end(*_):
    """Ends the process by an exception, so that hosts and programs are ended; a second signal does not interrupt that."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench.sh", description=__doc__)
    parser.add_argument("benchmarks", nargs="*", metavar="BENCHMARK", help=f"{', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--slices", type=int, default=10, help="slices of each contender in each row")
    parser.add_argument("--seconds", type=float, default=1.0, help="duration of each slice")
    parser.add_argument("--settle", type=float, default=comparison.SETTLE,
                        help="seconds before each slice of `peers`, in which contenders catch up")
    parser.add_argument("--write", action="store_true", help="write the results of `counts` into its golden tables")
    parser.add_argument("--install", type=pathlib.Path, required=True, help="directory made by scripts/build.sh")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, end)
    if unknown := set(options.benchmarks) - set(BENCHMARKS):
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    install = types.SimpleNamespace(directory=options.install.absolute(), daemon=options.install.absolute() / "aes67d")
    wrong = []
    for name in options.benchmarks or BENCHMARKS:
        print(f"\n== {name}", flush=True)
        with tempfile.TemporaryDirectory(prefix="aes67-bench-") as directory:
            wrong += BENCHMARKS[name].run(install, pathlib.Path(directory), options) or []
    sys.exit("\n".join(["", *wrong]) if wrong else 0)


if __name__ == "__main__":
    main()
