"""`deltarule serve`: what it says before it begins, and what it refuses."""

import json
import signal
import socket
import subprocess
import sys
from importlib.util import find_spec
from urllib.request import HTTPCookieProcessor, build_opener

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


def test_what_is_refused_leaves_no_file_behind(invoke, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for words in (["--latex"], ["--markdown"], ["--html", "x.html"]):
        done = invoke("serve", "slide", *words)
        assert done.status == 2 and "a server is not shown as" in done.err
    for words in (["no_such_thing"], ["no_such_thing", "--links"]):
        assert invoke("serve", *words, "--port", "0").status == 2
    assert list(tmp_path.iterdir()) == []


@needs_extra
def test_a_port_that_is_taken_is_said(invoke, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = invoke("serve", "slide", "--port", port, width=200)
    assert done.status == 2 and f"port {port} is taken" in done.err and "--port 0" in done.err


@needs_extra
@pytest.mark.slow  # a server and the process that marks: 2 s of CPU
def test_it_says_where_it_is_and_ends_when_it_is_interrupted(tmp_path):
    words = ["serve", "slide", "--port", "0", "--jobs", "1", "--json"]
    words += ["--state", str(tmp_path / "s.sqlite")]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    server = subprocess.Popen([sys.executable, "-m", "deltarule", *words], **pipes)
    said = ""
    while not said.endswith("}\n") or said.count("{") != said.count("}"):
        said += server.stdout.readline()
    link = json.loads(said)["links"][0]["link"]
    opener = build_opener(HTTPCookieProcessor())
    assert "A 2-3-1 sigmoid network" in opener.open(link, timeout=60).read().decode()
    server.send_signal(signal.SIGINT)
    out, err = server.communicate(timeout=60)
    assert (server.returncode, out, err) == (0, "", "")
