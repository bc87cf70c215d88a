"""Several threads that use kernels for the first time, at the same time."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import deltarule
from deltarule.kernels import build
from deltarule.kernels.cache import store, without_numba
from deltarule.kernels.cache.second_process import SecondProcess

MANY = 4


def test_no_thread_finds_half_of_a_module(tmp_path, monkeypatch):
    usual, text = build._run, "value = 1\n"
    (tmp_path / "kernels").mkdir()
    path = store.keep_kernel(tmp_path, f"half_{store.fingerprint(text)}", text)

    def slowly(loader, found):
        time.sleep(0.2)
        usual(loader, found)

    monkeypatch.setattr(build, "_run", slowly)
    with ThreadPoolExecutor(MANY) as pool:
        found = pool.map(lambda _: getattr(build.imported(path), "value", None), range(MANY))
    assert list(found) == [1] * MANY


def test_tasks_for_other_processes_have_numbers_of_their_own(tmp_path):
    class Slow(dict):
        def __len__(self):
            number = super().__len__()
            time.sleep(0.01)
            return number

    second = SecondProcess.__new__(SecondProcess)
    second.folder, second._open, second._asked = tmp_path, {}, Slow()
    second._asking = threading.Lock()

    def asked(name):
        return second.ask(file="f", name=name, kinds=None)[0]

    with ThreadPoolExecutor(MANY) as pool:
        assert sorted(pool.map(asked, range(20))) == list(range(20))


def test_a_function_is_made_ready_by_one_thread_at_a_time():
    inside, most = [], []

    def make(*_):
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.02)
        inside.pop()
        return 0

    link = without_numba.Link("f", make, lambda: None, {})
    with ThreadPoolExecutor(MANY) as pool:
        list(pool.map(lambda _: link(), range(MANY)))
    assert most == [1] * MANY


def test_kernels_can_be_used_by_threads_that_all_come_first(tmp_path):
    made = [deltarule.kernel("softmax", cache=tmp_path, dtype=d) for d in ("float32", "float64")]

    def used(number):
        kernel = made[number % 2]
        return float(kernel.forward(z=[[0.0, 0.0]])[0, 0])

    with ThreadPoolExecutor(MANY) as pool:
        assert list(pool.map(used, range(2 * MANY))) == [0.5] * 2 * MANY
