"""`deltarule serve`: what it says before it begins, and what it refuses."""

import json
import socket
from importlib.util import find_spec

import pytest

needs_extra = pytest.mark.skipif(
    find_spec("starlette") is None or find_spec("uvicorn") is None,
    reason="deltarule serve: '.[serve]'",
)


def test_without_the_extra_it_says_how_to_get_it(invoke, monkeypatch):
    monkeypatch.setattr("deltarule.cli.serve.find_spec", lambda name: None)
    done = invoke("serve", "slide")
    assert done.status == 2 and "starlette and uvicorn are not installed" in done.err
    assert "pip install '.[serve]'" in done.err


@needs_extra
def test_links_are_the_same_as_long_as_the_file_is_kept(invoke, tmp_path):
    (tmp_path / "students.csv").write_text("id,name\nemmy,Emmy Noether\nbo,Bo Li\n")
    words = ["serve", "slide", "--state", str(tmp_path / "s.sqlite"), "--links", "--json"]
    words += ["--students", str(tmp_path / "students.csv")]
    first, second = (json.loads(invoke(*words).out) for _ in range(2))
    assert first == second and first["sheets"][0]["name"] == "slide"
    assert [l["id"] for l in first["links"]] == ["teacher", "emmy", "bo"]
    links = [l["link"] for l in first["links"]]
    assert len(set(links)) == 3 and all("/enter?token=" in link for link in links)
    words[3] = str(tmp_path / "other.sqlite")
    assert not set(links) & {l["link"] for l in json.loads(invoke(*words).out)["links"]}


@needs_extra
@pytest.mark.parametrize(
    ("words", "fact", "remedy"),
    [
        (["nosuch"], "there is no example 'nosuch'", "the examples are"),
        (["no/such.toml"], "no/such.toml", ""),
        (["slide", "--reveal", "everything"], "there is no --reveal everything", "it is one of"),
        (["slide", "--host", "203.0.113.7"], "browsers call a server at 203.0.113.7", "--name"),
        (["slide", "--host", "203.0.113.7", "--name", "x"], "nobody can listen at", "127.0.0.1"),
        (["slide", "--port", "99999"], "there is no port 99999", "0 to 65535"),
        (["slide", "--students", "none.csv"], "the list of students cannot be read", ""),
        (["slide", "--layers", "3"], "there is no option --layers", ""),
        (["slide", "--state", "no/such/s.sqlite"], "attempts cannot be kept there", "--state"),
    ],
)
def test_what_it_cannot_serve_is_refused(invoke, tmp_path, monkeypatch, words, fact, remedy):
    monkeypatch.chdir(tmp_path)
    own = words if "--port" in words else [*words, "--port", "0"]
    done = invoke("serve", *own, width=200)
    assert done.status == 2 and fact in done.err and remedy in done.err


@needs_extra
def test_a_port_that_is_taken_is_said(invoke, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = invoke("serve", "slide", "--port", port, width=200)
    assert done.status == 2 and f"port {port} is taken" in done.err and "--port 0" in done.err
