"""All rules that a step or a line of a proof may cite, and the one that somebody means."""

from __future__ import annotations

from deltarule.calculus.rules.rule import Rule
from deltarule.calculus.rules.table import PARTS
from deltarule.calculus.rules.write_out import BY_CASES, BY_DEFINITION, TERM_BY_TERM, WRITE_OUT
from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.proving.counting_rules import COUNT_WEIGHTS, RECEPTIVE_FIELD

#: The parts of a derivation, and what proofs do besides, with the rules of each.
EVERYWHERE: dict[str, tuple[Rule, ...]] = {
    **PARTS,
    "Proofs write out what stands behind a name": (
        TERM_BY_TERM,
        WRITE_OUT,
        BY_CASES,
        BY_DEFINITION,
    ),
    "Proofs count": (COUNT_WEIGHTS, RECEPTIVE_FIELD),
}

CITED: dict[str, Rule] = {rule.name: rule for part in EVERYWHERE.values() for rule in part}


def cited(name: str) -> Rule:
    """A rule by its name, or a part of it that no other has.

    Raises DeltaruleError, with the nearest name, for an unknown rule.
    """
    wanted = " ".join(name.lower().replace("-", " ").replace("_", " ").split())
    near = [rule for known, rule in CITED.items() if wanted and wanted in known]
    rule = CITED.get(wanted) or (near[0] if len(near) == 1 else None)
    if rule is not None:
        return rule
    words = [*CITED, *(word for known in CITED for word in known.split() if len(word) > 3)]
    raise DeltaruleError(
        f"there is no rule called {name}",
        "--explain",
        did_you_mean(wanted, words) or "derive --explain list shows all rules",
    )
