"""What marking keeps from one answer sheet to the next does not grow with what is answered."""

from itertools import combinations

from deltarule.marking.open_sheet import OpenSheet
from deltarule.marking.run_computations import (
    COMPUTATIONS,
    FIRST_SESSIONS,
    MOST_COMPUTATIONS,
    run_computation,
)
from deltarule.marking.session import open_session

QUANTITIES = ("s1", "h1", "s2", "yhat", "E", "dE/ds2", "dE/dTheta1", "Theta2 after")


def test_whichever_usual_quantities_are_answered_the_computation_is_one():
    sheet = OpenSheet("slide")
    [run] = sheet.sheet.runs[:1]
    found = {id(run_computation(run, names, sheet._known)) for names in combinations(QUANTITIES, 3)}
    assert len(found) == 1
    [other] = {id(run_computation(run, ("s1", "dyhat/ds2"), sheet._known))}
    assert other not in found


def test_computations_with_unusual_quantities_are_forgotten_with_all_that_is_kept_for_them():
    sheet = OpenSheet("slide")
    sheet = sheet.variant(sheet.sheet)
    run, known = sheet.sheet.runs[0], sheet._known
    unusual = ("dyhat/ds2", "dh1/ds1", "dE/dyhat", "ds2[0]/dh1", "dyhat[0]/dh1", "dyhat[0]/dTheta2")
    unusual += ("dyhat[0]/ds1", "ds2[0]/dTheta1")
    opened = [open_session(run, 1, {}, known, extra=names) for names in combinations(unusual, 2)]
    assert len({id(s.computation) for s in opened}) > MOST_COMPUTATIONS
    assert len(known[COMPUTATIONS]) == MOST_COMPUTATIONS
    assert len(known[FIRST_SESSIONS]) <= MOST_COMPUTATIONS
    assert sum(key[0] == "of a course" for key in known) == MOST_COMPUTATIONS
    again = open_session(run, 1, {}, known, extra=(unusual[-1], unusual[-2]))
    assert again.kept is opened[-1].kept
