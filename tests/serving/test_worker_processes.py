"""Processes beside the server: what takes too long ends, and takes nothing with it."""

import asyncio

import pytest

from deltarule.serving.worker_loop import one_job
from deltarule.serving.worker_processes import Superseded, WorkerProcesses, _Process

pytestmark = pytest.mark.slow  # they start processes, which import the library once: 2 s of CPU
SLIDE = [("slide", "slide")]
#: Takes some seconds to derive.
SLOW = "y = " + " + ".join(f"exp(tanh(W{k} x))" for k in range(40))
MARK = {"do": "mark", "exam": "slide", "paper": "", "who": "x"}


def test_equations_that_take_too_long_are_ended():
    process = _Process(one_job, SLIDE, 1)
    answer = process.ask({"do": "derive", "equations": SLOW}, 0.3)
    assert "it takes" in answer["refused"]["fact"] and answer["refused"]["remedy"]
    assert not process.alive and not process._process.is_alive()


def test_a_process_that_dies_is_replaced_and_the_newest_wins():
    async def all_of_it():
        workers = WorkerProcesses(SLIDE, 1)
        try:
            typed = [{"run": 1, "answers": {"s2": "0.51"}}]
            first = await workers.ask({**MARK, "typed": typed})
            (process,) = workers._all
            process._process.kill()
            lost = await workers.ask({**MARK, "typed": typed})
            again = await workers.ask({**MARK, "typed": typed})
            older = asyncio.create_task(workers.aside({"do": "derive", "equations": SLOW}, "me"))
            await asyncio.sleep(0.2)
            newer = await workers.aside({"do": "derive", "equations": "y = W x"}, "me")
            with pytest.raises(Superseded):
                await older
        finally:
            workers.close()
        return first, lost, again, newer

    first, lost, again, newer = asyncio.run(all_of_it())
    assert first == again and first["marking"]["points"] == "1"
    assert "refused" in lost and "<math" in newer["html"]
