"""Reports per second: nhsind's runner beside plain papermill with nbconvert, in one run.

Both make the same notebooks, without the cells that only who explores sees, with the same
parameters from the same released figures, two at a time: nhsind in a forked process each, the other
with papermill's own kernel and nbconvert's HTML, in a pool of processes. They take turns, so that a
machine whose speed drifts treats them alike. Seconds of processor time are of all processes. The
last line is the ratio of reports per second and core.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from nhsind.periods import parse_period
from nhsind.release.ledger import Ledger
from nhsind.report.deriving import derive_families
from nhsind.report.manifest import Manifest
from nhsind.report.plan_reading import read_plan
from nhsind.report.pool import make_here
from nhsind.report.preparing import prepare
from nhsind.report.revisions import Revisions
from nhsind.report.sections import for_report
from nhsind.report.store import FamilyTask, Told
from nhsind.report.task import Task
from nhsind.synthetic.data_set import sample_folder

FAMILIES = {"rtt": "2018-03", "ae": "2018-03", "iapt": "2017-18-Q4", "dementia": "2018-03"}
PROCESSES = 2
SECONDS_BETWEEN_LOOKS = 0.5


def main() -> None:
    """Make reports both ways in turns and print rates, memory, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=200, help="by nhsind, in all")
    parser.add_argument("--plain", type=int, default=16, help="by plain papermill, in all")
    parser.add_argument("--turns", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tasks = tasks_of(Path(folder), options.reports)
        ours: list[tuple[float, float, int]] = []
        plain: list[tuple[float, float, int]] = []
        memory: list[list[int]] = []
        for turn in range(options.turns):
            mine = tasks[turn :: options.turns]
            with watching() as seen:
                ours.append(timed(by_nhsind, mine))
            memory.append(seen)
            theirs = tasks[turn :: options.turns][: options.plain // options.turns]
            plain.append(timed(by_papermill, theirs))
            for name, (wall, cpu, made) in (("nhsind", ours[-1]), ("papermill", plain[-1])):
                print(
                    f"turn {turn + 1}, {name}: {made} reports in {wall:.1f} s: "
                    f"{made / wall / PROCESSES:.2f} per second and core, "
                    f"{1000 * cpu / made:.0f} ms of processor time each"
                )
        where_it_goes(tasks[0])
    for turn, seen in enumerate(memory, start=1):
        early, late = seen[: len(seen) // 4], seen[-len(seen) // 4 :]
        print(
            f"turn {turn}: memory of all report processes together at most "
            f"{max(seen) / 1024:.0f} MB, median {median(early) / 1024:.0f} MB in the first quarter "
            f"and {median(late) / 1024:.0f} MB in the last (shared pages counted once)"
        )
    rates = [made_in(runs) / sum(wall for wall, _, _ in runs) for runs in (ours, plain)]
    costs = [sum(spent for _, spent, _ in runs) / made_in(runs) for runs in (ours, plain)]
    print(f"ratio of processor time: {costs[1] / costs[0]:.2f}")
    print(f"ratio: {rates[0] / rates[1]:.2f}")


def made_in(runs: Sequence[tuple[float, float, int]]) -> int:
    """The reports of some turns."""
    return sum(made for _, _, made in runs)


def tasks_of(folder: Path, number: int) -> list[Task]:
    """Tasks of several families over the sample's organisations, as a run prepares them."""
    whole = read_plan(Path(__file__).parent.parent / "parameters" / "sample.yaml")
    plan = replace(whole, organisations=[])
    families = [
        FamilyTask(
            plan, sample_folder(), None, code, [parse_period(text)], False, folder / "released"
        )
        for code, text in FAMILIES.items()
    ]
    by_family: list[list[Task]] = []
    ledger = Ledger(folder / "ledger.jsonl", "a benchmark")
    for stored in derive_families(families, ledger, Told(), lambda doing: None):
        reports, _, _ = prepare(
            stored,
            plan,
            runner="fork",
            out=folder / "out",
            work=folder / "work",
            manifest=Manifest(),
            revisions=Revisions(),
        )
        by_family.append([report.task for report in reports])
    mixed = [task for group in zip(*by_family, strict=False) for task in group]
    return mixed[:number]


def timed(
    make: Callable[[Sequence[Task]], None], tasks: Sequence[Task]
) -> tuple[float, float, int]:
    """Seconds by the clock, seconds of processor time of all processes, reports."""
    began, spent = time.perf_counter(), processor_seconds()
    make(tasks)
    return time.perf_counter() - began, processor_seconds() - spent, len(tasks)


def by_nhsind(tasks: Sequence[Task]) -> None:
    """As `nhsind run` makes them."""
    failed = [reason for _, reason in make_here(tasks, PROCESSES) if reason is not None]
    assert not failed, failed[0]


def by_papermill(tasks: Sequence[Task]) -> None:
    """As the documentation of papermill and nbconvert shows."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        list(pool.map(plain_report, tasks))


def plain_report(task: Task) -> None:
    """One report by papermill's own engine and a new HTML exporter."""
    import nbconvert
    import nbformat
    import papermill

    executed = task.staged.with_suffix(".ipynb")
    papermill.execute_notebook(
        str(_to_report(task)),
        str(executed),
        task.parameters,
        kernel_name="python3",
        progress_bar=False,
    )
    exporter: Any = nbconvert.HTMLExporter()  # type: ignore[no-untyped-call]
    page, _ = exporter.from_notebook_node(nbformat.read(executed, 4))
    task.staged.write_text(page, "utf-8")


def _to_report(task: Task) -> Path:
    """A copy of the notebook with what a report runs of it."""
    import nbformat

    task.staged.parent.mkdir(parents=True, exist_ok=True)
    copy = task.staged.with_suffix(".in.ipynb")
    nbformat.write(for_report(nbformat.read(task.notebook, 4)), copy)
    return copy


def processor_seconds() -> float:
    """Processor time of this process and of all that it started, the fork server's included."""
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    spent = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    ticks = os.sysconf("SC_CLK_TCK")
    for process in descendants(os.getpid()):
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        spent += sum(int(field) for field in fields[11:15]) / ticks
    return spent


@contextmanager
def watching() -> Iterator[list[int]]:
    """Memory (PSS, kB) of the processes that this one has started, looked at all the time."""
    seen: list[int] = []
    done = threading.Event()

    def look() -> None:
        while not done.wait(SECONDS_BETWEEN_LOOKS):
            seen.append(sum(map(memory_of, descendants(os.getpid()))))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()


def memory_of(process: int) -> int:
    """A process's share of memory in kB; 0 once it has ended."""
    try:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def descendants(parent: int) -> list[int]:
    """All that a process has started, with all that these have started."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            above = int(entry.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(above, []).append(int(entry.parent.name))
    found, waiting = [], [parent]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def where_it_goes(task: Task) -> None:
    """Print what one report costs in a process that has the libraries, part by part."""
    import nbformat
    import papermill

    from nhsind.report.page import render_page

    executed = task.staged.with_name("parts.ipynb")
    began = time.process_time()
    papermill.execute_notebook(
        str(_to_report(task)),
        str(executed),
        task.parameters,
        engine_name="nhsind",
        kernel_name="python3",
        language="python",
        progress_bar=False,
        request_save_on_cell_execute=False,
    )
    ran = time.process_time()
    render_page(nbformat.read(executed, 4), task.heading)
    ended = time.process_time()
    print(
        f"where the time goes ({task.notebook.stem}, first in its process): notebook "
        f"{1000 * (ran - began):.0f} ms, page {1000 * (ended - ran):.0f} ms"
    )


def median(numbers: Sequence[int]) -> float:
    """The middle number."""
    return sorted(numbers)[len(numbers) // 2] if numbers else 0.0


if __name__ == "__main__":
    main()
