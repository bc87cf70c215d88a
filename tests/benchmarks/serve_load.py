"""A class of students at `deltarule serve`: how long a marking takes, and whether all is kept.

    python tests/benchmarks/serve_load.py --students 50 --rounds 4 --think 5

Each student has answers of their own, some wrong, some unreadable. Three figures are taken: one
student alone, all with `--think` seconds between two attempts, and all without a pause. Every page
that comes back is compared with what the library says of the very answers; then the server is
killed (SIGKILL) in the middle of a last round, and its file is compared with all that was answered.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from load import Load

from deltarule.exams.exam_answers import sorted_answers
from deltarule.exams.exam_files import load_exam
from deltarule.exams.open_exam import OpenExam
from deltarule.marking.sheet_files.lenient import Lenient
from deltarule.marking.sheet_files.toml_text import TomlText
from deltarule.serving.kept_attempts import KeptAttempts

SHEET = "slide"
#: What the slide asks, and how many numbers each of it has.
ASKED = (("s1", 3), ("h1", 3), ("s2", 1), ("yhat", 1), ("E", 1), ("dE/dyhat", 1),
         ("dE/dTheta2", 3), ("Theta2 after", 3))  # fmt: skip
RIGHT = (1.35, 2.45, 1.65), (0.79, 0.92, 0.84), (1.35,), (0.79,), (0.02,), (-0.21,), (), ()


@dataclass
class Student:
    """One student: their link, what they sent, and how long each answer took."""

    id: str
    link: str
    random: random.Random
    seconds: list[float] = field(default_factory=list)
    sent: list[dict[str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    token: str = ""
    cookie: str = ""

    def answers(self, number: int) -> dict[str, str]:
        """Fields that nobody else sends: numbers near right ones, and a mark of one's own."""
        found = {}
        for k, (_, count) in enumerate(ASKED):
            for j in range(count):
                middle = RIGHT[k][j] if j < len(RIGHT[k]) else self.random.uniform(-1, 1)
                off = self.random.choice((0.0, 0.0, self.random.uniform(-0.5, 0.5)))
                place = f"n.{k}.0.{j}" if count > 1 else f"n.{k}.0"
                found[place] = f"{middle + off:.2f}"
        found["n.4.0"] = f"0.0{int(self.id[1:]):03}{number:03}"
        if self.random.random() < 0.2:
            found["f.5.0"] = self.random.choice(("yhat - y", "y - yhat", "yhat -", "<b>"))
        return found


class Browser:
    """A connection of one student: requests as a browser sends them."""

    def __init__(self, address: str):
        self.where = urlsplit(address)
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, cookie: str = "", fields=None):
        """The status, the headers and the body of an answer."""
        if self.writer is None or self.writer.is_closing():
            self.reader, self.writer = await asyncio.open_connection(
                self.where.hostname, self.where.port
            )
        body = urlencode(fields).encode() if fields is not None else b""
        head = [f"{method} {path} HTTP/1.1", f"Host: {self.where.netloc}"]
        head += [f"Cookie: {cookie}"] if cookie else []
        if fields is not None:
            head += ["Content-Type: application/x-www-form-urlencoded"]
            head += [f"Content-Length: {len(body)}"]
        self.writer.write("\r\n".join([*head, "", ""]).encode() + body)
        await self.writer.drain()
        return await self._answer()

    async def _answer(self):
        status = int((await self.reader.readline()).split()[1])
        headers = {}
        while line := (await self.reader.readline()).strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int((await self.reader.readline()).strip(), 16):
                body += await self.reader.readexactly(size)
                await self.reader.readline()
            await self.reader.readline()
        else:
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return status, headers, body.decode()


async def visit(student: Student, rounds: int, think: float, spread: float) -> None:
    """Come in, read the sheet, and send answers; what comes back is looked at."""
    browser = Browser(student.link)
    await asyncio.sleep(student.random.uniform(0, spread))
    _, headers, _ = await browser.ask("GET", student.link.partition(browser.where.netloc)[2])
    student.cookie = headers["set-cookie"].partition(";")[0]
    _, _, page = await browser.ask("GET", f"/sheet/{SHEET}", student.cookie)
    student.token = re.search(r'name="form_token" value="(\w+)"', page)[1]
    for _ in range(rounds):
        await attempt(student, browser)
        if think:
            await asyncio.sleep(student.random.uniform(0.5, 1.5) * think)


async def attempt(student: Student, browser: Browser) -> None:
    """One attempt: the time until its marking is kept, and the page with it."""
    fields = student.answers(len(student.sent) + 1)
    sent = {**fields, "form_token": student.token}
    begun = time.perf_counter()
    status, headers, _ = await browser.ask("POST", f"/sheet/{SHEET}", student.cookie, sent)
    student.seconds.append(time.perf_counter() - begun)
    if status != 303:
        student.wrong.append(f"{student.id}: status {status}")
        return
    student.sent.append(fields)
    where = headers["location"].partition("#")[0]
    _, _, page = await browser.ask("GET", where, student.cookie)
    inputs = dict(re.findall(r'<input name="([nf][^"]+)" value="([^"]*)"', page))
    missing = [
        n for n, v in fields.items() if inputs.get(n) != v.replace("<", "&lt;").replace(">", "&gt;")
    ]
    if missing:
        student.wrong.append(f"{student.id}: other answers came back: {missing[:3]}")


def expected(opened: OpenExam, who: str, fields: dict[str, str]) -> dict:
    """What the library says of the same answers."""
    answers, formulas = {}, {}
    for k, (name, count) in enumerate(ASKED):
        texts = [fields[f"n.{k}.0.{j}" if count > 1 else f"n.{k}.0"] for j in range(count)]
        answers[name] = texts if count > 1 else texts[0]
        if f"f.{k}.0" in fields:
            formulas[name] = fields[f"f.{k}.0"]
    tables = {"answers": answers, "formulas": formulas}
    submission = sorted_answers(opened.exam, Lenient(TomlText("the page", "", tables)))
    found = opened.mark(submission).to_json()
    return {**found, "who": who}


def kept_as_sent(state: str, students: list[Student]) -> list[str]:
    """What the file has otherwise than it was answered."""
    opened, base = OpenExam(load_exam(SHEET)), KeptAttempts(state)
    by_answers, faults = {}, []
    for row in base._read("SELECT who, typed, marking FROM attempt", ()):
        by_answers[row[0], row[1]] = row[2]
    for student in students:
        for fields in student.sent:
            key = student.id, json.dumps(dict(sorted(fields.items())))
            found = {
                (w, json.dumps(dict(sorted(json.loads(t).items())))): m
                for (w, t), m in by_answers.items()
                if w == student.id
            }
            if key not in found:
                faults.append(f"{student.id}: lost {fields['n.4.0']}")
            elif json.loads(found[key]) != expected(opened, student.id, fields):
                faults.append(f"{student.id}: marked otherwise {fields['n.4.0']}")
    base.close()
    return faults


def figures(name: str, seconds: list[float], wall: float) -> None:
    ordered = sorted(seconds)
    at = lambda share: 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]  # noqa: E731
    print(
        f"{name:28} {len(ordered):5} markings, median {1000 * statistics.median(ordered):6.0f} ms, "
        f"90 % {at(0.9):6.0f} ms, 99 % {at(0.99):6.0f} ms, {len(ordered) / wall:5.1f} a second"
    )


async def phase(name, students, rounds, think, spread=0.0) -> None:
    before = {s.id: len(s.seconds) for s in students}
    begun, load = time.perf_counter(), Load()
    await asyncio.gather(*(visit(s, rounds, think, spread) for s in students))
    wall, busy = time.perf_counter() - begun, load.end()
    figures(name, [t for s in students for t in s.seconds[before[s.id] :]], wall)
    print(f"{'':28} CPUs in use, ours and others': {busy['foreign']}")


async def killed(students: list[Student], server: subprocess.Popen) -> None:
    """A last round, in the middle of which the server ends without a word."""

    async def one(student: Student) -> None:
        browser = Browser(student.link)
        try:
            for _ in range(50):
                await attempt(student, browser)
        except (OSError, asyncio.IncompleteReadError, IndexError):
            return

    tasks = [asyncio.create_task(one(s)) for s in students]
    await asyncio.sleep(2.0)
    os.killpg(server.pid, signal.SIGKILL)
    await asyncio.gather(*tasks)


def main() -> int:
    """Run all phases; the exit status says whether everything was kept and nothing mixed up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--students", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--think", type=float, default=5.0, help="seconds between two attempts")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        names = "".join(f"s{k:03},Student {k}\n" for k in range(asked.students))
        Path(folder, "students.csv").write_text(f"id,name\n{names}", encoding="utf-8")
        state = str(Path(folder, "state.sqlite"))
        command = [sys.executable, "-m", "deltarule", "serve", SHEET, "--students"]
        command += [str(Path(folder, "students.csv")), "--state", state, "--json"]
        said = subprocess.run([*command, "--links"], capture_output=True, text=True, check=True)
        links = {l["id"]: l["link"] for l in json.loads(said.stdout)["links"]}
        command += ["--port", "0", "--jobs", str(asked.jobs)]
        server = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        address = _address(server)
        own = [
            Student(
                who, address + urlsplit(link).path + "?" + urlsplit(link).query, random.Random(who)
            )
            for who, link in links.items()
            if who != "teacher"
        ]
        try:
            asyncio.run(_phases(own, asked, server))
        finally:
            server.kill()
        faults = [w for s in own for w in s.wrong] + kept_as_sent(state, own)
    sent = sum(len(s.sent) for s in own)
    print(f"{sent} attempts answered; lost, mixed up or marked otherwise: {len(faults)}")
    print("\n".join(faults[:10]))
    return bool(faults)


async def _phases(own: list[Student], asked: argparse.Namespace, server: subprocess.Popen) -> None:
    await phase("(warming up)", own[:2], 2, 0.0)
    await phase("one student alone", own[:1], 20, 0.0)
    await phase(
        f"{len(own)}, {asked.think:g} s between two", own, asked.rounds, asked.think, asked.think
    )
    await phase(f"{len(own)} without a pause", own, asked.rounds, 0.0)
    await killed(own, server)


def _address(server: subprocess.Popen) -> str:
    """Where the server is, as it says."""
    text = ""
    for line in server.stdout:
        text += line
        try:
            return json.loads(text)["address"]
        except ValueError:
            continue
    raise SystemExit("the server did not begin")


if __name__ == "__main__":
    sys.exit(main())
