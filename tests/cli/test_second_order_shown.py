"""Second derivatives on the screen and in every format: what is shown, and what is refused."""

import json


def test_every_format_tells_what_the_lines_are_and_shows_their_steps(invoke):
    said = json.loads(invoke("derive", "pinn", "--json").out)
    assert [(g["of"], g["by"]) for g in said["inner"]][-1] == ("S_u_x", "x")
    assert all(step["verified"] for g in said["inner"] for step in g["steps"])
    assert "u_xx[n] = ∂S_u_x/∂x[n]" in invoke("derive", "pinn").out
    for how in ("--steps", "--steps --markdown", "--steps --latex"):
        assert "Gradients among the lines" in invoke("derive", "pinn", *how.split()).out
