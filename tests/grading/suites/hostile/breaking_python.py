"""Breaking Python: exceptions of the worst kind, deleted builtins, replaced streams, odd texts."""
# ruff: noqa: E501 (code of submissions)

from suites.handed import Handed, as_files
from suites.honest import CASES as HONEST
from suites.hostile.case import Hostile, Place, extra, in_call
from suites.sources import cell

EVIL = """
class Evil(BaseException):
    def __str__(self): raise SystemExit("no text")
    __repr__ = __str__
    def __getattribute__(self, name): raise KeyboardInterrupt
"""

RAISES = {
    "system_exit": ("raises SystemExit", "raise SystemExit(0)"),
    "sys_exit": ("calls sys.exit", "import sys; sys.exit()"),
    "keyboard": ("raises KeyboardInterrupt", "raise KeyboardInterrupt"),
    "generator_exit": ("raises GeneratorExit", "raise GeneratorExit"),
    "stop_iteration": ("raises StopIteration", "raise StopIteration"),
    "base": ("raises a subclass of BaseException", "raise type('Mine', (BaseException,), {})('x')"),
    "evil": ("raises an exception that cannot be shown", "raise Evil()"),
    "group": (
        "raises a group of exceptions",
        "raise ExceptionGroup('g', [ValueError(1), ExceptionGroup('h', [KeyError(2)])])",
    ),
    "not_exception": ("raises what is no exception", "raise 'text'"),
    "assertion": (
        "raises AssertionError with markup",
        "raise AssertionError('<script>alert(1)</script>\\x00\\x1b[31m')",
    ),
    "memory": ("raises MemoryError", "raise MemoryError"),
    "surrogate": ("raises with a lone surrogate", "raise ValueError('\\ud800')"),
    "quit": (
        "calls quit() and exit()",
        "get_ipython().ask_exit(); get_ipython().run_line_magic('exit', '') if False else quit(); raise SystemExit",
    ),
}

EXTRAS = {
    "builtins_gone": (
        "deletes builtins",
        "import builtins\nfor n in ('print', 'open', '__import__', 'len', 'isinstance', 'getattr', 'Exception', 'dict'):\n    delattr(builtins, n)",
    ),
    "builtins_cleared": ("clears all builtins", "import builtins\nbuiltins.__dict__.clear()"),
    "modules_cleared": (
        "clears sys.modules and sys.path",
        "import sys\nsys.modules.clear()\nsys.path.clear()",
    ),
    "stdout_none": (
        "sets the streams to None",
        "import sys\nsys.stdout = sys.stderr = sys.stdin = None",
    ),
    "stdout_evil": (
        "puts a stream that raises in place of stdout",
        "import sys\nclass S:\n    def __getattr__(self, n): raise KeyboardInterrupt\nsys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = S()",
    ),
    "stdout_closed": ("closes the streams", "import sys\nsys.stdout.close(); sys.stderr.close()"),
    "stdin": ("closes stdin and reads it", "import sys\nsys.stdin.close()\ninput()"),
    "threading": (
        "replaces threading and asyncio",
        "import threading, asyncio\nthreading.Thread.start = lambda self: None\nthreading.Lock = threading.RLock = None\nasyncio.get_event_loop = asyncio.new_event_loop = asyncio.run = None\nasyncio.BaseEventLoop.run_until_complete = None",
    ),
    "loop_closed": (
        "closes the event loop",
        "import asyncio\ntry: loop = asyncio.get_event_loop(); loop.stop(); loop.close()\nexcept Exception: pass",
    ),
    "recursion_limit": (
        "sets a recursion limit of 40",
        "import sys\ntry: sys.setrecursionlimit(40)\nexcept RecursionError: pass",
    ),
    "gc": (
        "switches the collector off and the switch interval up",
        "import gc, sys\ngc.disable(); gc.freeze(); sys.setswitchinterval(100)",
    ),
    "namespace": (
        "clears the shell's namespace of everything but its answers",
        "ip = get_ipython()\nfor n in list(ip.user_ns):\n    if n in ('In', 'Out', '_', '__', '___', 'get_ipython', 'exit', 'quit', '_ih', '_oh', '_dh'): ip.user_ns.pop(n, None)",
    ),
    "shell": (
        "breaks the shell's parts",
        "ip = get_ipython()\nip.display_formatter = ip.displayhook = ip.display_pub = ip.events = ip.history_manager = None",
    ),
    "shell_gone": (
        "makes IPython forget its shell",
        "from IPython.core.interactiveshell import InteractiveShell as I\nI.clear_instance()\nI.run_cell = None\nI._instance = None",
    ),
    "environment": ("empties the environment", "import os\nos.environ.clear()"),
    "excepthook": (
        "replaces hooks by ones that raise",
        "import sys, threading\ndef boom(*a): raise SystemExit\nsys.excepthook = sys.displayhook = sys.unraisablehook = threading.excepthook = boom",
    ),
    "time": (
        "stops time",
        "import time\ntime.time = time.monotonic = time.perf_counter = time.process_time = lambda: 0.0\ntime.sleep = lambda s: None",
    ),
    "audit": (
        "adds an audit hook that raises",
        "import sys\nclass H:\n    on = True\n    def __call__(self, event, args):\n        if self.on and event in ('open', 'exec', 'compile', 'import', 'socket.send'): raise RuntimeError(event)\nsys.addaudithook(H())",
    ),
    "display_evil": (
        "displays objects whose parts raise",
        "from IPython.display import display\nclass D:\n    def _repr_html_(self): raise SystemExit\n    def _repr_png_(self): return object()\n    def _repr_mimebundle_(self, **k): return {'text/plain': 5, 7: b'x', 'application/json': {1: {2}}}\n    def __repr__(self): raise KeyboardInterrupt\ndisplay(D())\nD()",
    ),
    "mime": (
        "publishes data of odd types",
        "from IPython.display import publish_display_data\npublish_display_data({'text/plain': '\\ud800', 'image/png': 'not base64', 'text/html': 'x' * 10})\npublish_display_data({'../../x': 1.5, 'application/x': [float('nan')]})",
    ),
    "bytes": (
        "prints bytes that are no text, surrogates, control signs",
        "import sys\nprint('\\x00\\x1b[2J\\x07\\u202e', 'a\\rb')\ntry: print('\\ud83d')\nexcept UnicodeError: pass\ntry: sys.stdout.buffer.write(b'\\xff\\xfe\\x00')\nexcept AttributeError: pass",
    ),
    "magics": (
        "uses magics that change the shell",
        "%reset -f out\n%xmode Minimal\n%config InteractiveShell.ast_node_interactivity = 'none'\n%alias ll ls\n%unload_ext nothing",
    ),
    "html": (
        "prints what would close the feedback page",
        "from IPython.display import HTML, Javascript, display\ndisplay(HTML('</div></body><script>document.title=1</script>'), Javascript('alert(1)'))\nprint('</pre></html>')",
    ),
    "torch_state": (
        "changes the number of threads and more",
        "torch.set_num_threads(2)\ntorch.ones(2000, 2000) @ torch.ones(2000, 2000)\ntorch.use_deterministic_algorithms(True)",
    ),
    "del": (
        "leaves objects that raise when they go",
        "class D:\n    def __del__(self): raise SystemExit\nfor _ in range(100): D()\nkept = [D() for _ in range(100)]",
    ),
    "types": (
        "changes what can be changed of the types",
        "import ctypes\nfor t in (list, dict, str, int):\n    try: t.__eq__ = None\n    except TypeError: pass\nobject_new = type.__call__",
    ),
    "pdb": ("asks for the debugger", "breakpoint()"),
}

# with these its own later cells cannot work, nor would they in the student's hands
OWN_LOSS = {"builtins_gone", "builtins_cleared", "modules_cleared", "stdout_evil", "threading"}
OWN_LOSS |= {"recursion_limit", "audit", "shell", "shell_gone", "namespace", "time"}

CASES = (
    [
        in_call(
            "breaking",
            "top_words",
            f"raise_{name}",
            tries,
            EVIL + f"def top_words(text, k): {code}",
        )
        for name, (tries, code) in RAISES.items()
    ]
    + [
        extra("breaking", f"raise_cell_{name}", tries + " at the top of a cell", EVIL + code)
        for name, (tries, code) in RAISES.items()
    ]
    + [
        extra("breaking", f"break_{name}", tries, code, own_loss=name in OWN_LOSS)
        for name, (tries, code) in EXTRAS.items()
    ]
)


def _source(text: str):
    """Return a maker of a submission with this very text as the answer `two_layer`."""

    def make(_: Place) -> Handed:
        notebooks = HONEST["t_right"].notebooks()
        cell(notebooks["tensors"], "two_layer").source = text
        return as_files("tensors", notebooks)

    return make


SOURCES = {
    "syntax": ("does not parse", "class TwoLayer(nn.Module:\n    pass"),
    "null": ("has a null byte", "class TwoLayer(nn.Module):\n    \0 pass"),
    "surrogate": ("has a lone surrogate", "class TwoLayer(nn.Module):\n    x = '\ud800'"),
    "tabs": ("mixes tabs and spaces", "class TwoLayer(nn.Module):\n\tx = 1\n        y = 2"),
    "deep_brackets": ("nests 5,000 brackets", "x = " + "(" * 5000 + ")" * 5000),
    "deep_attributes": ("chains 100,000 attributes", "x = nn" + ".a" * 100_000),
    "deep_minus": ("puts 20,000 signs before a number", "x = " + "-" * 20_000 + "1"),
    "long_name": ("has a name of a million letters", "n" * 1_000_000 + " = 1"),
    "magic_unknown": ("uses a cell magic that does not exist", "%%nothing\nx"),
    "magic_bash": ("writes the answer in bash", "%%bash\nexit 7"),
    "magic_html": ("writes the answer as HTML", "%%html\n<b>class TwoLayer</b>"),
    "bell": ("is a form feed and a bell", "\x0c\x07"),
    "coding": (
        "declares a coding that does not exist",
        "# -*- coding: nothing -*-\nx = 1\nraise ValueError",
    ),
}
CASES += [
    Hostile(
        f"source_{name}",
        "breaking",
        f"its answer {tries}",
        "t_no_two_layer",
        _source(text),
        person=None if name in ("surrogate", "null") else False,
    )
    for name, (tries, text) in SOURCES.items()
]
