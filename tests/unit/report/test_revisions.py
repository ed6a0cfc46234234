"""What is under embargo, what was revised, and whether a folder is well."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from nhsind.errors import UsageError
from nhsind.report.embargo import banners, release_of, release_words, under_embargo
from nhsind.report.health import health
from nhsind.report.manifest import EDITION, NAME, TABLE, Entry, Manifest
from nhsind.report.publishing import private_folder
from nhsind.report.revision_page import revision_files
from nhsind.report.revisions import Revisions, changes, keep_editions, read_revisions
from nhsind.report.summary import Summary

HEADER = "indicator,org_level,org_code,org_name,period,numerator,denominator,value,numerator_mark"
TABLE_PATH = "rtt/2018-03/rtt-2018-03.csv"


def table(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows, ""]).encode()


def row(code: str, numerator: int | str, value: str = "0.9", mark: str = "") -> str:
    return f"E.B.3,ccg,{code},CCG {code},2018-03,{numerator},100,{value},{mark}"


def entry(path: str = TABLE_PATH, kind: str = TABLE) -> Entry:
    return Entry(path, "rtt", "2018-03", "", "", "", "0" * 64, kind=kind)


# The embargo -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2018-05-10 09:30", datetime(2018, 5, 10, 8, 30, tzinfo=UTC)),
        ("2018-01-11 09:30", datetime(2018, 1, 11, 9, 30, tzinfo=UTC)),
        ("2018-05-10", datetime(2018, 5, 10, 8, 30, tzinfo=UTC)),
        ("2018-05-10T09:30+02:00", datetime(2018, 5, 10, 7, 30, tzinfo=UTC)),
        ("2018-05-10T09:30Z", datetime(2018, 5, 10, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_release_has_a_zone(text: str, moment: datetime) -> None:
    assert release_of(text) == moment
    publication = {"release_datetime": text}
    assert under_embargo(publication, False, moment) == publication
    early = moment - timedelta(seconds=1)
    with pytest.raises(UsageError, match="under embargo until"):
        under_embargo(publication, False, early)
    (banner,) = banners(under_embargo(publication, True, early))
    assert banner.startswith("Under embargo until") and release_words(text) in banner
    with pytest.raises(UsageError, match="no embargo"):
        under_embargo(publication, True, moment)


def test_a_release_in_words() -> None:
    assert release_words("2018-05-10 09:30") == "9:30am on 10 May 2018 (BST)"
    assert release_words("2018-01-11T12:05Z") == "12:05pm on 11 January 2018 (GMT)"


def test_a_correction_stands_at_the_head() -> None:
    assert banners({"correction": "too high"}) == ["Correction: too high"]
    assert banners({"title": "x"}) == []


# Revisions ---------------------------------------------------------------------------------------


def test_what_differs_is_named_with_both_figures() -> None:
    before = table(row("A", 90), row("B", "", mark="[c]"), row("C", 1))
    after = table(row("A", 91, "0.91"), row("B", 5), row("D", 1))
    found = [(r["org_code"], r["column"], r["was"], r["now"]) for r in changes(before, after)]
    assert found == [
        ("A", "numerator", "90", "91"),
        ("A", "value", "0.9", "0.91"),
        ("B", "numerator", "[c]", "5"),
        ("C", "row", "a row", "no row"),
        ("D", "row", "no row", "a row"),
    ]
    assert list(changes(before, before)) == []


def test_editions_are_numbered_listed_and_kept_as_asked(tmp_path: Path) -> None:
    manifest = Manifest({TABLE_PATH: entry()})
    revisions = Revisions()
    versions = [table(row("A", number)) for number in range(5)]
    paths = []
    for before, after in pairwise(versions):
        revisions.replaced.clear()
        revisions.take(
            entry(), after, before, {"release_datetime": "2018-05-10", "correction": "=x"}
        )
        new, gone = keep_editions(revisions, manifest, 2)
        paths.append((sorted(new), gone))
    name = "rtt/2018-03/earlier/rtt-2018-03-edition-{}.csv"
    assert [new for new, _ in paths] == [[name.format(n)] for n in (1, 2, 3, 4)]
    assert [gone for _, gone in paths] == [[], [], [name.format(1)], [name.format(2)]]
    assert {p for p, e in manifest.entries.items() if e.kind == EDITION} == {
        name.format(3),
        name.format(4),
    }
    assert revisions.of("rtt", "2018-03", "A") == revisions.added == 4
    assert revisions.of("rtt", "2018-02", "A") == revisions.of("rtt", "2018-03", "B") == 0
    (listed, content), (_, page) = revision_files(revisions, manifest)
    assert b",'=x," in content and name.format(4) in page.decode()
    (tmp_path / listed.path).write_bytes(content)
    manifest.entries[listed.path] = listed
    assert len(read_revisions(manifest, tmp_path).rows) == 4
    (tmp_path / listed.path).write_bytes(content + b"x")
    assert read_revisions(manifest, tmp_path).rows == []


def test_the_same_figures_are_no_new_edition() -> None:
    revisions = Revisions()
    revisions.take(entry(), table(row("A", 1)), table(row("A", 1)), {})
    assert revisions.file() is None and not revisions.replaced


# A schedule --------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published folder whose last run ended on 10 May 2018 at 5:31."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    out = tmp_path / "out"
    content = table(row("A", 1))
    (out / TABLE_PATH).parent.mkdir(parents=True)
    (out / TABLE_PATH).write_bytes(content)
    held = replace(entry(), sha256=sha256(content).hexdigest())
    (out / NAME).write_text(Manifest({TABLE_PATH: held}).text, "utf-8")
    log(out, "run ended", failed=0)
    return out


def log(out: Path, event: str, **facts: object) -> None:
    line = {"time": "2018-05-10T05:31:00+00:00", "run": "1", "event": event, **facts}
    with (private_folder(out) / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def test_a_folder_that_is_well(folder: Path) -> None:
    found = health(folder)
    assert (found.exit_status, found.problems) == (0, ())
    assert found.words == "ok: 0 reports; last run ended 2018-05-10 05:31 UTC"


@pytest.mark.parametrize(("hours", "problems"), [(24, 0), (23.9, 1)])
def test_a_last_run_too_long_ago(folder: Path, hours: float, problems: int) -> None:
    now = datetime(2018, 5, 11, 5, 31, tzinfo=UTC)
    assert len(health(folder, timedelta(hours=hours), now).problems) == problems


def test_a_folder_that_is_not_well(folder: Path) -> None:
    log(folder, "run ended", failed=2)
    assert health(folder).words.startswith("not well: 2 of its reports failed; ")
    log(folder, "run stopped", error="OSError")
    assert "the last run was stopped by OSError" in health(folder).words
    (folder / TABLE_PATH).write_bytes(b"")
    found = health(folder)
    assert found.exit_status == 1 and TABLE_PATH in found.problems[0]
    assert "\n" not in found.words


def test_a_summary_for_programs() -> None:
    done = Summary(Path("out"), made=2, failed={"rtt/2018-03/A.html": "why"}, revised=3)
    told = json.loads(done.json)
    assert (told["exit_status"], told["made"], told["failed"], told["revised"]) == (1, 2, 1, 3)
    assert told["failures"] == {"rtt/2018-03/A.html": "why"} and told["index"] == "out/index.html"


def test_a_summary_names_no_index_that_is_not_there(tmp_path: Path) -> None:
    """A run that is the first, and has nothing to publish."""
    done = Summary(tmp_path)
    assert "index.html" not in done.words
    (tmp_path / "index.html").write_text("a page")
    assert f"the reports are in {tmp_path / 'index.html'}" in done.words
