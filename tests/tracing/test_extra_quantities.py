"""Quantities beyond the usual lines: what they are made of."""

from once import derived

from deltarule.tracing import quantities
from deltarule.tracing.trace import computation_of


def test_one_derivation_serves_all_entries_of_a_tensor(monkeypatch):
    made = []

    def counted(derivation, of):
        made.append(of)
        return derive_as(derivation, of)

    derive_as = quantities.derive_as
    monkeypatch.setattr(quantities, "derive_as", counted)
    givens = {"x": [[1, 2]], "W": [[3, 4], [5, 6]], "b": [7, 8], "dL/dy": [[1, 1]]}
    asked = ("dy[0,0]/dx", "dy[0,1]/dx", "dy[0,1]/dW[1,1]")
    lines = computation_of(derived("dense"), givens, extra=asked).lines
    assert made == ["y"]
    names = [line.quantity for line in lines]
    assert len(names) == len(set(names))
    assert {"dy[0,0]/dx", "dy[0,1]/dx", "dy[0,1]/dW"} <= set(names)
