"""Exhausting time: loops deaf to interrupts, loops in C, waiting, and processes left behind.

Everything ends by itself after ten minutes at most, should a limit fail.
"""

from suites.hostile.case import LEFT, Code, Hostile, extra, in_call

BEGIN = "import time as _t\n_end = _t.monotonic() + 600\n"
DEAF = """
import signal
for _n in range(1, 65):
    try: signal.signal(_n, signal.SIG_IGN)
    except (OSError, ValueError): pass
def burn():
    while _t.monotonic() < _end:
        try:
            while _t.monotonic() < _end: pass
        except BaseException: pass
"""

AT_TOP = {
    "loop": ("loops for ever at the top of a cell", "while _t.monotonic() < _end: pass"),
    "deaf_loop": ("swallows every exception and ignores every signal", DEAF + "burn()"),
    "sleep": ("sleeps", "_t.sleep(600)"),
    "deaf_sleep": (
        "sleeps again whenever it is woken",
        DEAF
        + "while _t.monotonic() < _end:\n    try: _t.sleep(600)\n    except BaseException: pass",
    ),
    "pipe": (
        "waits for a pipe in which nothing comes",
        "import os, select\n_r, _w = os.pipe()\nselect.select([_r], [], [], 600)",
    ),
    "lock": (
        "waits for its own lock",
        "import threading\n_l = threading.Lock()\n_l.acquire()\n_l.acquire(timeout=600)",
    ),
    "stop": (
        "stops its process by a signal",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    ),
    "await": ("awaits for ever", "import asyncio\nawait asyncio.sleep(600)"),
    "power": ("computes a power in C", "_big = 7 ** (10 ** 8)\nlen(str(_big % 10 ** 50))"),
    "regex": (
        "matches a regular expression that explodes",
        'import re\nre.match(r"(a|aa)+$", "a" * 45 + "b")',
    ),
    "repeat": ("sums in C", "import itertools\nsum(itertools.repeat(1, 10 ** 11))"),
    "matmul": (
        "multiplies matrices",
        "_a = torch.ones(900, 900)\nwhile _t.monotonic() < _end: _a = _a @ _a / 900",
    ),
}

IN_CALL = {
    "call_loop": ("loops in a function that tests call", "    while _t.monotonic() < _end: pass"),
    "call_deaf": ("the same, deaf", "    burn()"),
    "call_sleep": ("sleeps in a function that tests call", "    _t.sleep(600)"),
    "call_stop": (
        "stops its process while a test waits",
        "    import os\n    os.kill(os.getpid(), 19)",
    ),
}

CASES = (
    [
        Hostile(
            f"time_{name}",
            "exhausting",
            tries,
            "t_no_two_layer",
            Code("t_right", into={"two_layer": BEGIN + code + "\nclass TwoLayer(nn.Module): pass"}),
        )
        for name, (tries, code) in AT_TOP.items()
    ]
    + [
        in_call(
            "exhausting",
            "sgd_step",
            f"time_{name}",
            tries,
            BEGIN
            + DEAF.replace("for _n in range(1, 65)", "for _n in (2, 14, 15, 24)")
            + "def sgd_step(w, x, y, lr):\n"
            + body,
        )
        for name, (tries, body) in IN_CALL.items()
    ]
    + [
        in_call(
            "exhausting",
            "top_words",
            "time_repr",
            "loops where the value is looked at",
            BEGIN
            + """
class Slow:
    def _loop(self, *a):
        while _t.monotonic() < _end: pass
    __repr__ = __eq__ = __len__ = __iter__ = __str__ = __bool__ = _loop
def top_words(text, k): return Slow()
""",
        ),
        in_call(
            "exhausting",
            "top_words",
            "time_exception",
            "loops in the text of an exception",
            BEGIN
            + """
class Slow(Exception):
    def __str__(self):
        while _t.monotonic() < _end: pass
    __repr__ = __str__
def top_words(text, k): raise Slow()
""",
        ),
        extra(
            "exhausting",
            "time_thread",
            "leaves a thread that computes",
            BEGIN
            + """
import threading
def work():
    while _t.monotonic() < _end: _t.sleep(0.0005)
for _ in range(3): threading.Thread(target=work).start()
""",
        ),
        extra(
            "exhausting",
            "time_at_end",
            "loops when its process is to end",
            BEGIN
            + """
import atexit, threading
def last():
    while _t.monotonic() < _end: pass
atexit.register(last)
threading._register_atexit(last)
class D:
    def __del__(self): last()
_keep = D(); _cycle = [_keep]; _cycle.append(_cycle)
""",
        ),
        extra(
            "exhausting",
            "time_daemon",
            "leaves a process in a session of its own",
            """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        """
            + LEFT
            + """
        for fd in range(256):
            try: os.close(fd)
            except OSError: pass
        time.sleep(240)
    os._exit(0)
os.wait()
""",
        ),
        extra(
            "exhausting",
            "time_daemon_deaf",
            "leaves processes that ignore signals and compute",
            """
import os, signal, time
for _ in range(4):
    if os.fork() == 0:
        os.setsid()
        """
            + LEFT
            + """
        for n in range(1, 65):
            try: signal.signal(n, signal.SIG_IGN)
            except (OSError, ValueError): pass
        end = time.monotonic() + 120
        while time.monotonic() < end: time.sleep(0.001)
        os._exit(0)
""",
        ),
        extra(
            "exhausting",
            "time_daemon_holds",
            "leaves a process that keeps all descriptors open",
            """
import os, time
if os.fork() == 0:
    """
            + LEFT
            + """
    time.sleep(240)
    os._exit(0)
""",
        ),
        extra(
            "exhausting",
            "time_subprocess",
            "starts programs that stay",
            """
import subprocess
for _ in range(5):
    try: subprocess.Popen(["sleep", "240"], start_new_session=True)
    except OSError: pass
""",
        ),
    ]
)
