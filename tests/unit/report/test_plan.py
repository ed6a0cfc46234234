"""The run plan: read as text, checked whole, and never code."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nhsind.definitions.catalogue import load_family
from nhsind.errors import InputError, Problem, UsageError
from nhsind.periods import parse_period
from nhsind.report.plan_file import KEYS, NEEDED
from nhsind.report.plan_reading import LARGEST_PLAN, read_plan
from nhsind.statistics.adjustments import Adjustments

WORDS = {key: f"about {key}" for key in NEEDED} | {"release_datetime": "2018-05-10 09:30"}
BLOCK = "".join(f"  {key}: {words}\n" for key, words in WORDS.items())
GOOD = f"""\
# A comment.
family: rtt
periods: [2018-03, 2017-18-Q4]
level: ccg
organisations: [00A, zx001]
data: [records, ../other.csv]
mode: publish
history: 3
publication:
{BLOCK}"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mine.yaml"


def refused(path: Path, text: str | bytes) -> list[Problem]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    with pytest.raises(InputError) as error:
        read_plan(path)
    assert error.value.exit_status == 65
    assert error.value.problems
    for problem in error.value.problems:
        assert str(problem).startswith(str(path))
    return error.value.problems


def lines_of(problems: list[Problem]) -> list[tuple[int | None, str | None]]:
    return [(problem.line, problem.column) for problem in problems]


# Good plans --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "charts", "word"),
    [
        ("", ("svg",), False),
        ("charts: none\nword: false\n", (), False),
        ("charts: [png, svg]\nword: true\n", ("svg", "png"), True),
        ("mode: explore\ncharts: png\n", (), False),
    ],
)
def test_what_can_be_taken_away(path: Path, words: str, charts: object, word: bool) -> None:
    text = GOOD.replace("mode: publish\n", "") if "mode" in words else GOOD
    path.write_text(text + words, "utf-8")
    plan = read_plan(path)
    assert (plan.charts, plan.word) == (charts, word)


def test_none_and_some_charts_are_refused(path: Path) -> None:
    (problem,) = refused(path, f"{GOOD}charts: [none, svg]\n")
    assert problem.column == "charts" and "none and some" in str(problem)


def test_a_good_plan(path: Path) -> None:
    path.write_text(GOOD, "utf-8")
    plan = read_plan(path)
    assert plan.name == "mine"
    assert plan.families == ["rtt"]
    assert plan.periods == sorted([parse_period("2018-03"), parse_period("2017-18-Q4")])
    assert (plan.level, plan.mode, plan.history) == ("ccg", "publish", 3)
    assert plan.organisations == ["00A", "ZX001"]
    assert plan.data == [path.parent / "records", path.parent.parent / "other.csv"]
    assert plan.publication == WORDS


def test_what_may_be_left_out(path: Path) -> None:
    path.write_text(f"family: all\nperiods: 2017-04..2017-06\npublication:\n{BLOCK}", "utf-8")
    plan = read_plan(path)
    assert "rtt" in plan.families and len(plan.periods) == 3
    assert (plan.level, plan.organisations, plan.data) == (None, None, None)
    assert (plan.mode, plan.history) == ("publish", 23)


@pytest.mark.parametrize("words", ["all", "ALL", "[all]", ""])
def test_all_organisations(path: Path, words: str) -> None:
    path.write_text(GOOD.replace("[00A, zx001]", words), "utf-8")
    assert read_plan(path).organisations is None


@pytest.mark.parametrize("level", ["stp", "region"])
def test_the_organisations_of_one_above(path: Path, level: str) -> None:
    path.write_text(GOOD.replace("[00A, zx001]", f"{{{level}: e54}}"), "utf-8")
    plan = read_plan(path)
    assert (plan.organisations, plan.within) == (None, (level, "E54"))


def test_lines_and_england_may_be_left_out(path: Path) -> None:
    path.write_text(GOOD, "utf-8")
    whole = read_plan(path)
    assert whole.england and whole.lines is None and whole.lines_of(load_family("rtt")) is None
    for words, is_shown in (("false", False), ("true", True)):
        path.write_text(f"{GOOD}england: {words}\nlines: [e.m.18, E.B.3]\n", "utf-8")
        plan = read_plan(path)
        assert plan.england is is_shown and plan.lines == ["E.M.18", "E.B.3"]
        # In the order of the definition; a family of which none is named is whole.
        assert plan.lines_of(load_family("rtt")) == ["E.B.3", "E.M.18"]
        assert plan.lines_of(load_family("ae")) is None


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("england: perhaps", '"perhaps" is not allowed. Allowed: true or false'),
        ("lines: E.B.33", '"E.B.33" is not a known indicator or family. Did you mean "E.B.3"'),
        ("lines: E.B.3*", "is what a variant of E.B.3 is called"),
    ],
)
def test_what_cannot_be_left_out_so_is_named(path: Path, more: str, says: str) -> None:
    (problem,) = refused(path, f"{GOOD}{more}\n")
    assert says in str(problem) and problem.column == more.split(":")[0]


def test_one_stp_or_region_and_not_both(path: Path) -> None:
    (problem,) = refused(path, GOOD.replace("[00A, zx001]", "{stp: e54, region: y56}"))
    assert "names no STP or region, or both" in str(problem)


def test_exploring_needs_no_publication_block(path: Path) -> None:
    path.write_text("family: rtt\nperiods: 2018-03\nmode: explore\n", "utf-8")
    assert read_plan(path).publication == {}


def test_values_stay_text(path: Path) -> None:
    """What YAML makes of NO, 1e3, 0x1F, 12:30 and 010 are not the codes that were written."""
    codes = "[NO, 1e3, 0x1F, 010, ON, 5E1, null]"
    text = GOOD.replace("[00A, zx001]", codes).replace("about title", "12:30")
    path.write_text(text, "utf-8")
    plan = read_plan(path)
    assert plan.organisations == ["NO", "1E3", "0X1F", "010", "ON", "5E1", "NULL"]
    assert plan.publication["title"] == "12:30"


def test_a_byte_order_mark_is_no_part_of_a_plan(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert read_plan(path).families == ["rtt"]


# Bad plans ---------------------------------------------------------------------------------------


def test_every_problem_is_named_at_once_with_its_line(path: Path) -> None:
    problems = refused(
        path,
        "famly: rtt\n"
        "family: [rtt, rttt]\n"
        "periods: [2018-3]\n"
        "level: county\n"
        "organisations: [00A, ../x, 00B, y/z]\n"
        "mode: pubish\n"
        "history: many\n"
        "publication:\n"
        "  title: A title\n"
        "  titel: A title\n",
    )
    assert lines_of(problems)[:8] == [
        (1, "famly"),
        (2, "family"),
        (3, "periods"),
        (4, "level"),
        (5, "organisations"),
        (5, "organisations"),
        (6, "mode"),
        (7, "history"),
    ]
    rest = problems[8:]
    assert rest[0].value == "titel" and rest[0].nearest == "title"
    assert [p.message.split()[1].rstrip(",") for p in rest[1:]] == list(NEEDED[1:])
    assert all(problem.line is not None for problem in problems)
    assert problems[0].nearest == "family" and problems[1].nearest == "rtt"
    assert problems[6].nearest == "publish"


@pytest.mark.parametrize("key", ["family", "periods"])
def test_family_and_periods_must_be_there(path: Path, key: str) -> None:
    kept = [line for line in GOOD.splitlines(keepends=True) if not line.startswith(f"{key}:")]
    (problem,) = refused(path, "".join(kept))
    assert (problem.column, problem.message) == (key, "is missing")
    assert problem.allowed


@pytest.mark.parametrize("key", NEEDED)
def test_nothing_is_published_without_every_publication_field(path: Path, key: str) -> None:
    for text in ("", f"  {key}:\n", f'  {key}: "  "\n'):
        (problem,) = refused(path, GOOD.replace(f"  {key}: {WORDS[key]}\n", text))
        assert key in problem.message and problem.column == "publication"
        assert problem.line is not None


def test_every_bad_period_is_named(path: Path) -> None:
    problems = refused(path, GOOD.replace("[2018-03, 2017-18-Q4]", "[2018-3, 2018-03, soon]"))
    told = " ".join(map(str, problems))
    assert "2018-3" in told and "soon" in told
    assert {problem.line for problem in problems} == {3}


@pytest.mark.parametrize(
    "period",
    [
        *("2018", "2018-13", "2018-3", "March", "2018-04..2018-03", "2018-03..2017-18", "..", "x"),
        *("0000-01", "0000-01-Q1", "9999-12..9999-12", "2018-03; rm -rf /", "2018-03\\n2018-04"),
    ],
)
def test_a_bad_period(path: Path, period: str) -> None:
    (problem,) = refused(path, GOOD.replace("[2018-03, 2017-18-Q4]", f'"{period}"'))
    assert (problem.line, problem.column) == (3, "periods")


@pytest.mark.parametrize("text", ["soon", "2018-02-30 09:30", "2018-05-10 25:00", "10/05/2018"])
def test_a_release_is_at_a_day_and_time(path: Path, text: str) -> None:
    (problem,) = refused(path, GOOD.replace(WORDS["release_datetime"], text))
    assert (problem.column, problem.value) == ("publication", text)
    assert "2018-05-10 09:30" in str(problem.allowed)


@pytest.mark.parametrize("text", ["2018-05-10", "2018-05-10T09:30", "2018-05-10 09:30+01:00"])
def test_ways_to_write_a_release(path: Path, text: str) -> None:
    path.write_text(GOOD.replace(WORDS["release_datetime"], text), "utf-8")
    assert read_plan(path).publication["release_datetime"] == text


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("level: ccg", "level: [ccg]"),
        ("level: ccg", "level: ward"),
        ("mode: publish", "mode: {publish: yes}"),
        ("mode: publish", "mode: draft"),
        ("history: 3", "history: -1"),
        ("history: 3", "history: [3]"),
        ("history: 3", "history: 1000"),
        ("history: 3", "history: 3.5"),
        ("family: rtt", "family: {rtt: yes}"),
        ("family: rtt", "family: [[rtt]]"),
        ("family: rtt", "family: ../rtt"),
        ("data: [records, ../other.csv]", "data: {records: yes}"),
        (f"publication:\n{BLOCK}", "publication: all of it\n"),
        (f"publication:\n{BLOCK}", "publication: [title, contact]\n"),
        ("about title", "[about, title]"),
        ("about title", "{about: title}"),
    ],
)
def test_a_value_of_the_wrong_kind(path: Path, good: str, bad: str) -> None:
    assert good in GOOD
    problems = refused(path, GOOD.replace(good, bad))
    assert {problem.column for problem in problems} <= set(KEYS)
    assert all(problem.line is not None for problem in problems)


@pytest.mark.parametrize(
    "code",
    [
        *(
            "../x",
            "..",
            "x/y",
            "x=1\\nimport os",
            "{pm}",
            "%s",
            "CON.",
            "A B",
            "Z" * 300,
            "A",
            "é9",
        ),
        *("\\0", "<b>", "00A;", "$HOME", "~root"),
    ],
)
def test_a_code_that_is_no_code(path: Path, code: str) -> None:
    (problem,) = refused(path, GOOD.replace("zx001", f'"{code}"'))
    assert (problem.line, problem.column) == (5, "organisations")


def test_a_key_given_twice_is_refused(path: Path) -> None:
    """The last would win, and half of what was written would be forgotten without a word."""
    (problem,) = refused(path, GOOD + "organisations: [00B]\n")
    assert problem.line in (5, 16)


# Files that are no plans -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "\n", "# nothing\n", "---\n", "~\n", "hello\n", "- rtt\n- 2018-03\n", "[]\n", '""\n'],
)
def test_what_is_not_a_mapping_is_no_plan(path: Path, text: str) -> None:
    (problem,) = refused(path, text)
    assert "is not a plan" in problem.message and "family" in str(problem.allowed)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("family: rtt\n\tperiods: 2018-03\n", 2),
        ("family: rtt\nperiods: [2018-03\nlevel: ccg\n", 3),
        ("family: 'rtt\n", 2),
        ("family: rtt\n---\nfamily: rtt\n", 2),
        ("? [family, periods]\n: rtt\n", 1),
    ],
)
def test_what_is_not_yaml(path: Path, text: str, line: int) -> None:
    (problem,) = refused(path, text)
    assert "YAML" in problem.message and problem.line == line


@pytest.mark.parametrize(
    "text",
    [b"family: \xff\xfe\n", GOOD.encode("utf-16"), b"\x00" * 64, b"PK\x03\x04" + b"\x80" * 9],
)
def test_what_is_not_text(path: Path, text: bytes) -> None:
    (problem,) = refused(path, text)
    assert "is not readable YAML" in problem.message


def test_a_plan_that_is_too_large_is_not_read(path: Path) -> None:
    (problem,) = refused(path, GOOD + "#" * LARGEST_PLAN)
    assert f"{LARGEST_PLAN:,}" in problem.message
    path.write_text(GOOD + "#" * (LARGEST_PLAN - len(GOOD.encode())), "utf-8")
    assert read_plan(path).families == ["rtt"]


@pytest.mark.parametrize("text", ["family: " + "[" * 5000, "family: " + "[" * 9000 + "]" * 9000])
def test_a_plan_nested_too_deeply_is_no_plan(path: Path, text: str) -> None:
    assert refused(path, text + "\n")


def test_no_such_plan(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(UsageError, match="there is no plan"):
            read_plan(path)


# Plans that would be code ------------------------------------------------------------------------

TAGS = [
    '!!python/object/apply:os.system ["touch pwned"]',
    "!!python/name:os.system rtt",
    '!!python/object/new:subprocess.Popen [["touch", "pwned"]]',
    "!!python/module:os rtt",
    "!!python/object/apply:builtins.exec [\"open('pwned', 'w')\"]",
]


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("good", ["rtt", "[00A, zx001]", "about title"])
def test_a_tag_runs_nothing_and_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch, good: str, tag: str
) -> None:
    monkeypatch.chdir(path.parent)
    problems = refused(path, GOOD.replace(f": {good}", f": {tag}"))
    assert not (path.parent / "pwned").exists()
    assert problems[0].line is not None


def test_an_alias_is_refused(path: Path) -> None:
    (problem,) = refused(path, GOOD.replace("family: rtt", "family: &f rtt").replace("ccg", "*f"))
    assert "alias" in problem.message


def test_a_billion_laughs_are_none(path: Path) -> None:
    levels = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20)]
    (problem,) = refused(path, "\n".join([*levels, "family: *a19", ""]))
    assert "alias" in problem.message


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    text=st.one_of(
        st.text(),
        st.tuples(st.sampled_from(KEYS), st.text()).map(lambda pair: f"{pair[0]}: {pair[1]}"),
        st.tuples(st.integers(0, len(GOOD)), st.text(max_size=3)).map(
            lambda edit: GOOD[: edit[0]] + edit[1] + GOOD[edit[0] + 1 :]
        ),
    )
)
def test_whatever_is_in_the_file_it_is_read_or_refused(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        read_plan(path)
    except InputError as error:
        assert all(problem.message for problem in error.problems)


SIGNED = "{family: cart, rule: mhsds, owner: Head of Analysis, reason: the centres agree}"


def test_a_policy_is_signed_by_a_named_owner(path: Path) -> None:
    path.write_text(f"family: cart\nperiods: 2017-18\npolicy: {SIGNED}\npublication:\n{BLOCK}")
    policy = read_plan(path).policies["cart"]
    assert (policy.threshold, policy.base, policy.hide_zeros) == (4, 5, True)
    assert policy.exempt_england and "Head of Analysis" in policy.source
    assert policy.reason == "the centres agree"
    two = f"[{SIGNED}, {SIGNED.replace('cart', 'phb').replace('mhsds', 'none')}]"
    path.write_text(f"family: cart\nperiods: 2017-18\npolicy: {two}\npublication:\n{BLOCK}")
    found = read_plan(path).policies
    assert (found["cart"].rule, found["phb"].rule) == ("suppress", "none")


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (SIGNED.replace("mhsds", "lax"), "lax"),
        (SIGNED.replace(", owner: Head of Analysis", ""), "owner"),
        (SIGNED.replace(", reason: the centres agree", ""), "reason"),
        (SIGNED.replace("cart", "carts"), "carts"),
        (f"[{SIGNED}, {SIGNED}]", "twice"),
        (SIGNED.replace("owner", "signed_by"), "signed_by"),
        ("none", "policy"),
    ],
)
def test_an_unsigned_or_unknown_policy_is_refused(path: Path, policy: str, said: str) -> None:
    path.write_text(f"family: cart\nperiods: 2017-18\npolicy: {policy}\npublication:\n{BLOCK}")
    with pytest.raises(InputError) as refused:
        read_plan(path)
    assert said in str(refused.value) and "policy" in str(refused.value)


# Control charts ----------------------------------------------------------------------------------

CHARTS = """\
recalculate:
  - {line: E.B.3, period: 2017-10, reason: a second   ward}
  - {line: e.b.3, period: 2018-01, reason: a third}
baseline: {line: E.B.4, first_points: 12, reason: before the rota}
ghost: {line: E.B.3, period: 2017-12..2018-01, reason: snow}
control_chart: {line: E.B.3, kind: p-prime, reason: as the region draws it}
"""


def with_charts(text: str) -> str:
    return f"family: rtt\nperiods: 2018-03\n{text}publication:\n{BLOCK}"


def test_what_is_asked_of_control_charts_is_put_together_by_line(path: Path) -> None:
    path.write_text(with_charts(CHARTS), "utf-8")
    assert read_plan(path).adjustments == {
        "E.B.4": Adjustments(baseline=(12, "before the rota")),
        "E.B.3": Adjustments(
            {"2017-10": "a second ward", "2018-01": "a third"},
            None,
            {"2017-12..2018-01": "snow"},
            ("p'", "as the region draws it"),
        ),
    }
    path.write_text(with_charts(""), "utf-8")
    assert read_plan(path).adjustments == {}


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("recalculate: {line: E.B.3, period: 2017-10}\n", "recalculate", "reason"),
        ("recalculate: {line: E.B.33, period: 2017-10, reason: a}\n", "recalculate", "E.B.33"),
        ("recalculate: {line: E.B.3, period: 2017-13, reason: a}\n", "recalculate", "2017-13"),
        ("recalculate: {line: E.B.3, period: 2017-01..2017-03, reason: a}\n", "recalculate", ".."),
        ("ghost: {line: E.B.3, period: snow, reason: a}\n", "ghost", "snow"),
        ("ghost: {line: E.B.3, period: 2017-12, reason: a, org: A}\n", "ghost", "org"),
        ("control_chart: {line: E.B.3, kind: T, reason: a}\n", "control_chart", "single events"),
        ("control_chart: {line: E.B.3, kind: q, reason: a}\n", "control_chart", "XmR"),
        ("control_chart: {line: E.B.3, kind: p}\n", "control_chart", "reason"),
        (
            "control_chart: [{line: E.B.3, kind: p, reason: a}, "
            "{line: e.b.3, kind: u, reason: b}]\n",
            "control_chart",
            "stands twice",
        ),
        ("baseline: {line: E.B.3, first_points: 1, reason: a}\n", "baseline", "2 or more"),
        ("baseline: {line: E.B.3, first_points: few, reason: a}\n", "baseline", "first_points"),
        (
            "baseline: [{line: E.B.3, first_points: 12, reason: a}, "
            "{line: e.b.3, first_points: 13, reason: b}]\n",
            "baseline",
            "stands twice",
        ),
    ],
)
def test_what_cannot_be_asked_of_a_control_chart_is_refused(
    path: Path, text: str, key: str, said: str
) -> None:
    problems = refused(path, with_charts(text))
    assert {problem.line for problem in problems} == {3}
    assert any(said in str(problem) and key in str(problem) for problem in problems)
