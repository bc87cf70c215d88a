"""Cells of notebooks: equations that are derived, functions that are checked, an example."""

import pytest
from guides import HOME

import deltarule
from deltarule.errors import DeltaruleError
from deltarule.notebooks.cell_magics import check_cell, derive_cell

EQUATION = "y[n, m] = Sum[d](x[n, d]*W[d, m])"


def test_a_cell_of_equations_is_derived():
    derivation = derive_cell("", EQUATION)
    assert derivation.gradients["W"].words.startswith("xᵀ · ∂L/∂y")
    assert set(derive_cell("--wrt W --set D=3", EQUATION).gradients) == {"W"}


@pytest.mark.parametrize(
    ("line", "fact", "remedy"),
    [
        ("--steps", "there is no --steps here", "it takes --wrt, --set"),
        ("--set N", "--set N has no value", "write --set N=2"),
        ("--wrt", "--wrt cannot be read: argument --wrt: expected one argument", "take a value"),
        ("'", "' cannot be read: No closing quotation", "--wrt, --set take a value"),
    ],
)
def test_options_that_there_are_not_are_told(line, fact, remedy):
    with pytest.raises(DeltaruleError) as told:
        derive_cell(line, EQUATION)
    assert told.value.fact == fact and told.value.place == "%%derive"
    assert told.value.remedy is not None and remedy in told.value.remedy


def test_the_extension_is_found_where_ipython_looks_for_it():
    known = {}

    class Shell:
        def register_magic_function(self, function, kind, name):
            known[kind, name] = function

    deltarule.load_ipython_extension(Shell())
    of = {place: function.__wrapped__ for place, function in known.items()}
    assert of == {("cell", "derive"): derive_cell, ("cell", "check"): check_cell}
    assert set(known["cell", "derive"]("--wrt W", EQUATION).gradients) == {"W"}


def test_an_error_in_a_cell_is_said_without_the_way_through_our_code(capsys):
    shells = pytest.importorskip("IPython.core.interactiveshell", reason="'.[notebook]'")
    shell = shells.InteractiveShell.instance()
    deltarule.load_ipython_extension(shell)
    for cell in ("%%derive --steps\ny = x", "%%derive\ny[n = x[n]", "%%check --like no_layer\n1"):
        assert not shell.run_cell(cell).success
        said = capsys.readouterr().out
        assert said.startswith("error: ") and "remedy: " in said
        assert "Traceback" not in said and ".py" not in said and said.count("\n") < 6


@pytest.mark.slow
def test_functions_of_a_cell_are_checked_and_not_run():
    cell = "raise SystemExit\ndef relu_forward(x):\n    return x * (x > 0), x\n"
    found = check_cell("--only relu_forward", cell)
    assert found.right and found.checked.files[0].path == "this cell"
    assert "this cell" in str(found) and "relu_forward" in found._repr_html_()


def test_a_result_is_shown_once(monkeypatch, capsys):
    """Where rich knows a notebook it shows by itself what a console prints, beside the result."""
    import rich.console

    from deltarule.cli.embedded_page import as_html
    from deltarule.cli.screen import console

    monkeypatch.setattr(rich.console, "_is_jupyter", lambda: True)
    monkeypatch.setattr("rich.jupyter.display", lambda *_: pytest.fail("shown"))
    page = as_html(lambda page, words: page.prose(words), "some <b> words")
    console().print("said")
    assert "some &lt;b&gt; words" in page and capsys.readouterr().out == "said\n"


@pytest.mark.slow
def test_the_example_notebook_runs():
    shells = pytest.importorskip("IPython.core.interactiveshell", reason="'.[notebook]'")
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(HOME / "guides/notebooks/a_notebook.ipynb", as_version=4)
    nbformat.validate(notebook)
    shell = shells.InteractiveShell.instance()
    shown = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
            done = shell.run_cell(cell.source)
            done.raise_error()
            if done.result is not None:
                shown.append(shell.display_formatter.format(done.result)[0])
    kinds = [set(data) for data in shown]
    assert len(kinds) == 4 and all({"text/html", "text/plain"} <= kind for kind in kinds)
    assert (
        "text/latex" in kinds[0] and "the mean over n stands for the sum" in shown[3]["text/plain"]
    )
