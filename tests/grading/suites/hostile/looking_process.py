"""Looking around in processes and memory: other processes, the grader's frames, hidden tests."""
# ruff: noqa: E501 (code of submissions)

from suites.hostile.case import Code, Hostile, extra

TOKEN = 'token = "ZEBRA" + "_HIDDEN"\n'

LOOKS = {
    "environ": (
        "reads the environment of every process",
        """
import os
for pid in os.listdir("/proc"):
    if not pid.isdigit(): continue
    try: data = open(f"/proc/{pid}/environ", "rb").read()
    except OSError: continue
    if b"ZEBRA" in data: print("REACHED", pid, data[data.index(b"ZEBRA"):][:40])
""",
    ),
    "processes": (
        "lists processes and their arguments",
        """
import os, subprocess
for pid in os.listdir("/proc"):
    if not pid.isdigit(): continue
    try: line = open(f"/proc/{pid}/cmdline").read().replace("\\0", " ")
    except OSError: continue
    if "pytest" in line or "ZEBRA" in line or "nbgrader" in line or "suites" in line:
        print("REACHED", pid, line[:200])
try: print("REACHED" if "ZEBRA" in subprocess.run(["ps", "aux"], capture_output=True, text=True).stdout else "ps")
except OSError: pass
""",
    ),
    "signal_outside": (
        "asks whether a process outside can be seen by its number",
        """
import os
try: cmd = open("/proc/@PID@/cmdline").read()
except OSError: cmd = ""
if "ZEBRA" in cmd: print("REACHED", cmd)
try: print("REACHED", os.readlink("/proc/@PID@/exe") if "ZEBRA" in cmd else "") if cmd and "ZEBRA" in cmd else None
except OSError: pass
""",
    ),
    "descriptors": (
        "opens the descriptors of every process",
        """
import os
for pid in os.listdir("/proc"):
    if not pid.isdigit(): continue
    try: fds = os.listdir(f"/proc/{pid}/fd")
    except OSError: continue
    for fd in fds:
        try:
            where = os.readlink(f"/proc/{pid}/fd/{fd}")
            if not where.startswith("/") or where.startswith("/dev"): continue
            with open(f"/proc/{pid}/fd/{fd}", "rb") as f: data = f.read(4_000_000)
        except OSError: continue
        if b"ZEBRA" + b"_" in data: print("REACHED", where)
""",
    ),
    "own_memory": (
        "searches its own memory for hidden tests",
        """
token = b"ZEBRA" + b"_HID"
seen = 0
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as mem:
    for line in maps:
        span, rights = line.split()[:2]
        low, high = (int(x, 16) for x in span.split("-"))
        if "w" not in rights or high - low > 200_000_000 or seen > 600_000_000: continue
        try: mem.seek(low); data = mem.read(high - low)
        except (OSError, ValueError, OverflowError): continue
        seen += len(data)
        at = data.find(token)
        # this very cell holds the first letters, and not those that follow
        while at >= 0:
            if data[at + 9 : at + 12] == b"DEN": print("REACHED", data[at : at + 40])
            at = data.find(token, at + 1)
        del data
""",
    ),
    "other_memory": (
        "reads the memory of its parent and of every process that it sees",
        """
import os
token = b"ZEBRA" + b"_HIDDEN"
for pid in [p for p in os.listdir("/proc") if p.isdigit() and int(p) != os.getpid()]:
    try:
        maps = open(f"/proc/{pid}/maps").read().splitlines()
        mem = open(f"/proc/{pid}/mem", "rb", 0)
    except OSError: continue
    for line in maps[:400]:
        span, rights = line.split()[:2]
        low, high = (int(x, 16) for x in span.split("-"))
        if "w" not in rights or high - low > 50_000_000: continue
        try: mem.seek(low); data = mem.read(high - low)
        except (OSError, ValueError, OverflowError): continue
        if token in data: print("REACHED", pid, line)
""",
    ),
    "objects": (
        "searches all objects for the source of hidden tests",
        TOKEN
        + """
import gc
def strings(thing, depth=0):
    if isinstance(thing, str): yield thing
    elif isinstance(thing, bytes): yield thing.decode("latin1")
    elif depth < 2 and isinstance(thing, (list, tuple, set)):
        for part in list(thing)[:2000]: yield from strings(part, depth + 1)
    elif depth < 2 and isinstance(thing, dict):
        for part in list(thing.values())[:2000]: yield from strings(part, depth + 1)
for thing in gc.get_objects():
    try:
        for text in strings(thing):
            if token + "_" in text: print("REACHED", text[:80])
    except Exception: pass
""",
    ),
    "linecache": (
        "searches linecache, the shell's history and its compiler's cache",
        TOKEN
        + """
import linecache
ip = get_ipython()
for entry in list(linecache.cache.values()):
    try:
        if token in "".join(entry[2]): print("REACHED", entry[3])
    except Exception: pass
for text in [*getattr(ip, "user_ns", {}).get("In", []), *map(str, getattr(ip.history_manager, "input_hist_parsed", []))]:
    if token + "_" in text: print("REACHED", text[:60])
""",
    ),
    "privileges": (
        "asks what it may do",
        """
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
if int(status["CapEff"], 16): print("REACHED", "capabilities", status["CapEff"])
if status.get("NoNewPrivs") != "1": print("REACHED", "may gain privileges")
if status.get("Seccomp") not in ("2",): print("REACHED", "no seccomp filter")
import os, stat
for top in ("/bin", "/usr/bin", "/usr/sbin"):
    for name in os.listdir(top) if os.path.isdir(top) else []:
        if name in ("gdb", "strace"): continue
""",
    ),
    "namespaces": (
        "makes user namespaces, traces other processes, mounts",
        """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if os.fork() == 0:
    code = 0 if libc.unshare(0x10000000) else 7
    os._exit(code)
if os.waitstatus_to_exitcode(os.wait()[1]) == 7: print("REACHED", "a user namespace")
if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0: print("REACHED", "mount")
PTRACE_SEIZE = 0x4206
parent = os.getppid()
if parent > 0 and libc.ptrace(PTRACE_SEIZE, parent, 0, 0) == 0: print("REACHED", "traces its parent")
""",
    ),
    "keyring": (
        "asks the kernel's keyrings and other rare system calls",
        """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
calls = {"keyctl": (250, 0, -3, 0), "add_key": (248, b"user", b"zebra", b"x", 1, -3),
         "bpf": (321, 0, 0, 0), "perf_event_open": (298, 0, 0, -1, -1, 0),
         "userfaultfd": (323, 0), "io_uring_setup": (425, 1, 0)}
import platform
if platform.machine() == "x86_64":
    for name, (number, *arguments) in calls.items():
        if libc.syscall(number, *arguments) >= 0: print("REACHED", name)
""",
    ),
}

IN_CALL = (
    TOKEN
    + """
import sys, inspect
_kept = top_words
def top_words(text, k):
    f = sys._getframe()
    while f:
        for value in list(f.f_locals.values()) + list(f.f_code.co_consts):
            if isinstance(value, str) and token + "_" in value: print("REACHED", value[:60])
        f = f.f_back
    try:
        for frame in inspect.stack(context=40):
            if token in "".join(frame.code_context or []): print("REACHED", frame.filename)
    except Exception: pass
    import gc
    for thing in gc.get_objects():
        if isinstance(thing, (list, tuple)) and len(thing) < 200:
            for part in thing:
                if isinstance(part, str) and token + "_" in part: print("REACHED", part[:60])
    return _kept(text, k)
"""
)

GLOBALS = (
    TOKEN
    + """
import threading, time
def watch():
    for _ in range(200):
        for key, value in list(globals().items()):
            if isinstance(value, str) and value.startswith(token + "_"): print("REACHED", key)
        time.sleep(0.01)
threading.Thread(target=watch, daemon=True).start()
"""
)

CASES = [
    *(
        extra("looking", f"look_{n}", tries, code, behind="plain-1")
        for n, (tries, code) in LOOKS.items()
    ),
    extra(
        "looking", "look_in_call", "looks around while a hidden test calls it", IN_CALL, "top_words"
    ),
    extra(
        "looking",
        "look_globals",
        "watches the globals in a thread while tests run",
        GLOBALS,
        "standardise",
    ),
    Hostile(
        "look_sandbox_mark",
        "looking",
        "shows that these cases do run (COURSE_SANDBOX is set)",
        "t_right",
        Code("t_right", after={"plain-1": 'print("GUARD OPEN")'}),
        must_print="GUARD OPEN",
    ),
]
