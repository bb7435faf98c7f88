"""Breaking the process: exits, crashes, closed descriptors, signals, other programs."""
# ruff: noqa: E501 (code of submissions)

from suites.hostile.case import Code, Hostile, extra, in_call

# at the beginning of an answer: what the cell would define never comes to be
AT_TOP = {
    "exit_0": ("ends its process with 0", "import os\nos._exit(0)"),
    "exit_1": ("ends its process with 1", "import os\nos._exit(1)"),
    "segfault": ("crashes by a null pointer", "import ctypes\nctypes.string_at(0)"),
    "abort": ("aborts", "import os\nos.abort()"),
    "stack": (
        "overflows the stack in C",
        "import sys\nsys.setrecursionlimit(10 ** 9)\nx = None\nfor _ in range(3_000_000): x = [x]\nrepr(x)\nraise RecursionError",
    ),
    "kill_self": ("kills itself", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
    "exec": (
        "becomes another program",
        "import os, sys\nos.execv(sys.executable, [sys.executable, '-c', 'print(1)'])",
    ),
    "exec_true": (
        "becomes /bin/true",
        "import os\nfor p in ('/bin/true', '/usr/bin/true'):\n    if os.path.exists(p): os.execv(p, ['true'])\nos._exit(0)",
    ),
    "close_all": (
        "closes every descriptor and ends",
        "import os\nos.closerange(0, 1024)\nos._exit(0)",
    ),
    "code_object": (
        "runs broken bytecode",
        "def f(): pass\nf.__code__ = f.__code__.replace(co_code=b'\\xff\\xff' * 8, co_consts=())\nf()\nimport os\nos._exit(3)",
    ),
}

# behind a right answer: an honest grader ignores the cell
EXTRAS = {
    "exit": ("ends its process", "import os\nos._exit(0)"),
    "exit_thread": (
        "ends its process a little later, from a thread",
        "import os, threading\nthreading.Timer(0.2, os._exit, (0,)).start()\nimport time\ntime.sleep(1)",
    ),
    "kill_parent": ("kills its parent", "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)"),
    "kill_all": (
        "kills every process that it may",
        "import os, signal\nos.kill(-1, signal.SIGKILL)",
    ),
    "kill_group": ("kills its process group", "import os, signal\nos.killpg(0, signal.SIGKILL)"),
    "kill_one": (
        "kills process 1 and its neighbours",
        "import os, signal\nfor pid in range(1, 40):\n    if pid != os.getpid():\n        try: os.kill(pid, signal.SIGKILL)\n        except OSError: pass",
    ),
    "terminate": (
        "sends itself SIGTERM, SIGHUP and SIGPIPE",
        "import os, signal\nfor n in (signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGXCPU): os.kill(os.getpid(), n)",
    ),
    "alarm": (
        "sets an alarm that rings later",
        "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_DFL)\nsignal.setitimer(signal.ITIMER_REAL, 0.05)\nimport time\ntime.sleep(0.3)",
    ),
    "close_standard": (
        "closes descriptors 0 to 2",
        "import os\nfor fd in range(3):\n    try: os.close(fd)\n    except OSError: pass",
    ),
    "close_others": ("closes every descriptor but 0 to 2", "import os\nos.closerange(3, 1024)"),
    "redirect": (
        "puts /dev/null on every descriptor",
        "import os\nnull = os.open('/dev/null', os.O_RDWR)\nfor fd in range(0, 64):\n    if fd != null:\n        try: os.fstat(fd); os.dup2(null, fd)\n        except OSError: pass",
    ),
    "limits": (
        "takes its own limits away",
        "import resource\nfor r in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU):\n    try: resource.setrlimit(r, (1, 1))\n    except (OSError, ValueError): pass",
    ),
    "chdir": ("goes elsewhere", "import os\nos.chdir('/')"),
    "fork_returns": ("forks, and both go on", "import os\npid = os.fork()\nprint(pid == 0)"),
    "fork_exits": (
        "forks, and the child ends as Python does",
        "import os, sys\nif os.fork() == 0: sys.exit(0)",
    ),
    "umask": ("changes umask and priority", "import os\nos.umask(0o777)\nos.nice(5)"),
    "signals": (
        "replaces all signal handlers by one that raises",
        "import signal\ndef boom(*a): raise KeyboardInterrupt\nfor n in range(1, 65):\n    try: signal.signal(n, boom)\n    except (OSError, ValueError): pass\nimport os\nos.kill(os.getpid(), signal.SIGUSR1)",
    ),
    "fault": (
        "crashes in a thread",
        "import ctypes, threading, time\nthreading.Thread(target=ctypes.string_at, args=(1,)).start()\ntime.sleep(1)",
    ),
    "shell": ("uses the shell to kill", "!kill -9 $PPID\n!exit 3"),
}

IN_CALL = {
    "exit": ("ends the process in a call", "    import os\n    os._exit(0)"),
    "segfault": ("crashes in a call", "    import ctypes\n    ctypes.string_at(0)"),
    "kill_parent": (
        "kills its parent in a call",
        "    import os\n    os.kill(os.getppid(), 9)\n    raise RuntimeError",
    ),
    "kill_all": (
        "kills everything in a call",
        "    import os\n    os.kill(-1, 9)\n    raise RuntimeError",
    ),
    "close_all": (
        "closes every descriptor in a call",
        "    import os\n    os.closerange(0, 1024)\n    raise RuntimeError",
    ),
    "exec": (
        "becomes another program in a call",
        "    import os, sys\n    os.execv(sys.executable, [sys.executable, '-c', 'pass'])",
    ),
    "fork": (
        "forks in a call and answers twice",
        "    import os\n    os.fork()\n    raise RuntimeError",
    ),
}

CASES = (
    [
        Hostile(
            f"break_{name}",
            "breaking",
            tries,
            "t_no_two_layer",
            Code("t_right", into={"two_layer": code + "\nclass TwoLayer(nn.Module): pass"}),
        )
        for name, (tries, code) in AT_TOP.items()
    ]
    + [
        extra("breaking", f"break_cell_{name}", tries, code)
        for name, (tries, code) in EXTRAS.items()
    ]
    + [
        in_call(
            "breaking",
            "sgd_step",
            f"break_call_{name}",
            tries,
            f"def sgd_step(w, x, y, lr):\n{body}",
        )
        for name, (tries, body) in IN_CALL.items()
    ]
    + [
        Hostile(
            "break_later",
            "breaking",
            "ends its process in the second half: the first half counts",
            "t_no_top_words",
            Code("t_right", into={"top_words": "import os\nos.kill(os.getpid(), 11)"}),
        ),
        Hostile(
            "break_every_cell",
            "breaking",
            "ends its process in every answer",
            "t_nothing",
            Code(
                "t_nothing",
                before=dict.fromkeys(
                    ("standardise", "two_layer", "sgd_step", "top_words"), "import os\nos._exit(1)"
                ),
            ),
        ),
        Hostile(
            "break_first_cell",
            "breaking",
            "ends its process beside the imports",
            "t_right",
            Code("t_right", after={"plain-1": "import os\nos._exit(1)"}),
        ),
    ]
)
