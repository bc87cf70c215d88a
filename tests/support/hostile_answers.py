"""Files that forge, break or end the conversation; as in hostile_reading.py."""

from deltarule.sandbox import Verdict as V

_NPY = "b'\\x93NUMPY\\x01\\x00' + struct.pack('<H', len(h)) + h"
_SEND = """
        import json, os, struct
        def send(text, data=b'', length=None):
            length = len(data) if length is None else length
            frame = struct.pack('>4sIQ', b'dr1\\0', len(text), length)
            for fd in range(3, 64):
                try: os.write(fd, frame + text + data)
                except OSError: pass
"""
_HUGE = _SEND + "        send(b'{}', b'', 1 << 60); return x"
_HALF = _SEND + "        send(b'{}', b'', 99)\n        os._exit(0)"


def _block(header: str, more: str = "b''") -> str:
    """What sends an answer with one array of this header."""
    return (
        f"{_SEND}        h = {header!r}.encode() + b'\\n'\n        data = {_NPY} + {more}\n"
        "        send(json.dumps({'result': {'array': 0}, 'arrays': [len(data)]}).encode(), data)\n"
        "        return x"
    )


FORGED, OTHER, EXITED = (V.FORGED,), (V.OTHER,), (V.EXITED,)
ANSWERS = {
    "prints a result": (
        """
        import sys
        print('{"result": {"array": 0}, "verdict": "right"}')
        sys.__stdout__ and sys.__stdout__.write('all tests passed')
        return 0""",
        (V.RETURNED,),
        "",
    ),
    "writes text to what it inherits": (
        """
        import os
        for fd in range(3, 64):
            try: os.write(fd, b'all tests passed')
            except OSError: pass
        return x""",
        FORGED,
        "something else was written to the channel: b'all tests passed'",
    ),
    "writes an answer beforehand": (
        _SEND + "        send(b'{\"result\": 1, \"arrays\": []}'); return x",
        FORGED,
        "an answer came that was not asked for",
    ),
    "nests an answer without end": (
        _SEND + "        send(b'[' * 200000); return x",
        FORGED,
        "not JSON",
    ),
    "claims a huge answer": (_HUGE, (V.ANSWER,), ""),
    "claims a huge array": (
        _block("{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999,), }"),
        FORGED,
        "999999999999 of float64, 7999999999992 bytes, and comes with 0",
    ),
    "claims dimensions without end": (
        _block("{'descr': '<f8', 'fortran_order': False, 'shape': (" + "9, " * 200 + "), }"),
        FORGED,
        "not allowed",
    ),
    "claims a negative size": (
        _block("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }"),
        FORGED,
        "not allowed",
    ),
    "sends a pickle as .npy": (
        _block("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "b'cos\\nsystem\\n.'"),
        FORGED,
        "not allowed",
    ),
    "sends code in a header": (
        _block("{'descr': __import__('os').system('id'), 'shape': (1,), }"),
        FORGED,
        "not allowed",
    ),
    "sends half an answer": (_HALF, EXITED, "0"),
    "returns what unpickling runs": (
        """
        import os
        class Bomb:
            def __reduce__(self): return os.system, ('id',)
        return Bomb()""",
        OTHER,
        "Bomb",
    ),
    "returns an array of objects": ("return np.array([x, {}], dtype=object)", OTHER, "object"),
    "returns an array that lies": (
        """
        class Liar(np.ndarray):
            def __eq__(self, other): return True
            def __array_ufunc__(self, *a, **k): return True
            shape = property(lambda self: (3,))
        return np.zeros(1).view(Liar)""",
        OTHER,
        "Liar",
    ),
    "returns a number that lies": (
        """
        class Same(float):
            def __eq__(self, other): return True
            def __sub__(self, other): return 0.0
        return [Same(1.0)]""",
        OTHER,
        "Same",
    ),
    "returns what turns into an array": (
        """
        class Late:
            __array__ = None
        return Late, (i for i in x)""",
        OTHER,
        "generator, type",
    ),
    "returns a huge number": ("return 10 ** 5000", OTHER, "int above 64 bits"),
    "returns itself": ("x = []; x.append(x); return x", OTHER, "nested too deeply"),
    "returns too much": ("return np.zeros(3 << 20)", (V.ANSWER,), ""),
    "returns too many": ("return [0] * 100000", FORGED, "too many parts"),
    "changes NumPy": (
        """
        np.allclose = np.array_equal = lambda *a, **k: True
        np.asarray = np.frombuffer = np.isfinite = lambda *a, **k: np.ones(3)
        return np.zeros(3)""",
        (V.RETURNED,),
        "",
    ),
    "changes Python": (
        """
        import builtins, json
        builtins.type = builtins.isinstance = lambda *a: True
        builtins.len = lambda *a: 3
        json.dumps = json.loads = lambda *a: '{"result": true}'
        return np.zeros(3)""",
        (V.FORGED, V.RAISED, V.EXITED, V.OTHER, V.RETURNED),
        "",
    ),
    "changes what runs it": (
        """
        import sys
        for name, module in list(sys.modules.items()):
            if name.startswith('inside.'):
                for key in [k for k in vars(module) if not k.startswith('__')]:
                    setattr(module, key, lambda *a, **k: True)
        return np.zeros(3)""",
        (V.EXITED, V.FORGED, V.RAISED),
        "",
    ),
    "ends the program": ("import sys; sys.exit(0)", EXITED, "SystemExit"),
    "ends its process": ("import os; os._exit(0)", EXITED, "its process ended, with status 0"),
    "interrupts": ("raise KeyboardInterrupt", EXITED, "KeyboardInterrupt"),
    "aborts": ("import os; os.abort()", (V.CRASHED,), "signal"),
    "reads at 0": ("import ctypes; ctypes.string_at(0)", (V.CRASHED,), "signal 11: SIGSEGV"),
    "registers an exit": (
        "import atexit, os; atexit.register(os.write, 3, b'right'); return 0",
        (V.RETURNED,),
        "",
    ),
    "recurses": ("return attack(x, path, port, pid)", (V.RAISED,), "RecursionError"),
    "recurses in C": (
        """
        import sys
        sys.setrecursionlimit(10**9)
        class Deep:
            def __getattr__(self, name): return getattr(self, name + '')
        return Deep().x""",
        (V.CRASHED, V.MEMORY),
        "",
    ),
    "closes what it inherits": ("import os; os.closerange(3, 64); return x", EXITED, "status 70"),
    "is a notebook": ("get_ipython().system('id')", (V.RAISED,), "NameError"),
    "prints to a traceback": (
        "class E(Exception):\n            __str__ = lambda s: 1 / 0\n        raise E",
        (V.EXITED, V.RAISED),
        "",
    ),
}  # fmt: skip
