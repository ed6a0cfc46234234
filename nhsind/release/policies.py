"""The disclosure policies that stand where a family's own does not, and which applies."""

from __future__ import annotations

from typing import Any

from nhsind.definitions.disclosure import Disclosure
from nhsind.definitions.family import Family

ALREADY_PUBLIC = Disclosure(
    rule="public",
    reason="The figures come from files that the publisher has already released.",
    source="The published files named under provenance",
    checked_on="",
)
# For a family without a policy: the strictest rule in use in the field, and never publishable.
STRICTEST = Disclosure(
    rule="suppress",
    reason="The family has no disclosure policy, so the strictest is applied.",
    source="",
    checked_on="",
    threshold=7,
    base=5,
    hide_zeros=True,
)
# Exploring on one's own data: everything is shown, and nothing of it can be published.
EXPLORING = Disclosure(
    rule="explore",
    reason="Exploratory figures straight from the data: not for publication.",
    source="",
    checked_on="",
)


# What a plan's signed policy may be: counts as they are, or as a series in use shows them.
SIGNABLE: dict[str, dict[str, Any]] = {
    "none": {"rule": "none"},
    "mhsds": {
        "rule": "suppress",
        "threshold": 4,
        "base": 5,
        "hide_zeros": True,
        "exempt_england": True,
    },
    "hes": {"rule": "suppress", "threshold": 7, "base": 5},
    "strictest": {"rule": "suppress", "threshold": 7, "base": 5, "hide_zeros": True},
}


def signed_policy(rule: str, owner: str, reason: str) -> Disclosure:
    """A policy that somebody answers for; `rule`: one of `SIGNABLE`."""
    return Disclosure(
        reason=reason,
        source=f"Signed for this publication by {owner}",
        checked_on="",
        **SIGNABLE[rule],
    )


# What a manifest calls the policy that a table was released under: the family's own, that of public
# figures, or a signed one of `SIGNABLE` by its name.
OWN, PUBLIC = "own", "public"


def policy_name(policy: Disclosure, family: Family) -> str:
    """What the public manifest calls a policy."""
    if policy.rule == "public":
        return PUBLIC
    signed = (
        name
        for name, rule in SIGNABLE.items()
        if policy == Disclosure(reason=policy.reason, source=policy.source, checked_on="", **rule)
    )
    return OWN if policy == family.disclosure else next(signed, OWN)


def policy_named(name: str, family: Family) -> Disclosure:
    """The policy behind a name of the manifest; of no name, or one not known, the family's own."""
    if name == PUBLIC:
        return ALREADY_PUBLIC
    return signed_policy(name, "", "") if name in SIGNABLE else family.disclosure or STRICTEST


def policy_for(
    family: Family,
    is_published: bool,
    explore: bool = False,
    signed: Disclosure | None = None,
) -> Disclosure:
    """The policy for a family's figures: of public sources, signed, its own, or the strictest."""
    if is_published:
        return ALREADY_PUBLIC
    if explore:
        return EXPLORING
    return signed or family.disclosure or STRICTEST


def rule_words(policy: Disclosure) -> str:
    """What holds of figures under a policy, beside which it is said; empty where all is exact."""
    if policy.rule == "explore":
        return "Exploratory figures, exact as the data hold them: not for publication."
    if policy.rule != "suppress":
        return ""
    lowest = 0 if policy.hide_zeros else 1
    small = f"from {lowest} to {policy.threshold} are hidden, and what would give them away"
    exact = "; counts of England are exact" if policy.exempt_england else ""
    if policy.base == 1:
        return f"Counts {small}; the others are exact{exact}."
    return (
        f"Counts are rounded to the nearest {policy.base}; those {small}{exact}. Percentages, "
        "rates and averages are of the true counts, as fine as leaves several counts possible, "
        "else a range, whose ends are rounded outwards. Verdicts are of the true counts too; what "
        "would give one away is too coarse to tell. A 95% interval allows for every count that is "
        "rounded so."
    )


def rule_in_short(policy: Disclosure) -> str:
    """The same below a chart or table: how counts are shown; the rest is said once on a page."""
    return shortened(rule_words(policy))


def shortened(rule: str) -> str:
    """The first sentence of a rule in words."""
    first, *_ = rule.split(". ")
    return f"{first.rstrip('.')}." if first else ""
