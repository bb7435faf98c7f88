"""Exhausting memory, disk, processes and descriptors; each with a bound of its own.

At most 8 GB of memory, 2 GB of disk, 300 processes, should a limit fail.
"""

from suites.hostile.case import LEFT, Code, Hostile, extra

# text of the answer `two_layer`: it never comes to define its class, so its tests must fail
HOGS = {
    "list": (
        "fills memory with a list",
        "_hog = []\nfor _ in range(80): _hog.append(bytearray(100_000_000))",
    ),
    "small": (
        "fills memory with small objects",
        "_hog = []\nfor i in range(80_000_000): _hog.append([i])",
    ),
    "numpy": (
        "fills memory with arrays",
        "import numpy\n_hog = [numpy.ones(50_000_000) for _ in range(20)]",
    ),
    "torch": ("fills memory with tensors", "_hog = [torch.ones(100_000_000) for _ in range(20)]"),
    "mmap": (
        "fills memory by anonymous maps",
        "import mmap\n_hog = []\nfor _ in range(16):\n    m = mmap.mmap(-1, 500_000_000)\n"
        "    for at in range(0, len(m), 4096): m[at] = 1\n    _hog.append(m)",
    ),
    "text": (
        "fills memory with one text",
        "_hog = 'x'\nfor _ in range(32): _hog = _hog + _hog\nprint(_hog[:9])",
    ),
}

# behind a right answer: full marks must stay
EXTRAS = {
    "disk": (
        "fills its folder with one file",
        """
try:
    with open("big.bin", "wb") as f:
        for _ in range(200): f.write(bytes(10_000_000))
except OSError as e: print("stopped", e.errno)
""",
    ),
    "tmp": (
        "fills /tmp, /dev/shm and whatever can be written",
        """
import os
for place in ("/tmp", "/dev/shm", "/var/tmp", os.path.expanduser("~"), "/run", "/"):
    try:
        with open(os.path.join(place, "suite-fill"), "wb") as f:
            for _ in range(50): f.write(bytes(10_000_000))
    except OSError as e: print("stopped", e.errno)
""",
    ),
    "inodes": (
        "makes 30,000 files",
        """
import os
try:
    os.makedirs("many", exist_ok=True)
    for i in range(30_000): open(f"many/{i}", "w").close()
except OSError as e: print("stopped", e.errno)
""",
    ),
    "deep_folders": (
        "makes folders within folders",
        """
import os
here = os.getcwd()
try:
    for _ in range(2000): os.mkdir("d" * 50); os.chdir("d" * 50)
except OSError: pass
os.chdir(here)
""",
    ),
    "sparse": (
        "makes a file of a size beyond the disk",
        """
try:
    with open("sparse.bin", "wb") as f: f.truncate(1 << 42)
except OSError: pass
""",
    ),
    "forks": (
        "forks up to 300 processes that wait",
        """
import os, time
for _ in range(300):
    try:
        if os.fork() == 0:
            """
        + LEFT
        + """
            time.sleep(60)
            os._exit(0)
    except OSError: break
""",
    ),
    "fork_bomb": (
        "forks in every child, seven levels deep",
        """
import os, time
if os.fork() == 0:
    for _ in range(7):
        try: os.fork()
        except OSError: pass
    """
        + LEFT
        + """
    time.sleep(20)
    os._exit(0)
""",
    ),
    "threads": (
        "starts 400 threads",
        """
import threading, time
try:
    for _ in range(400): threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
except (RuntimeError, MemoryError): pass
""",
    ),
    "pool": (
        "uses a pool of processes, as examples on the web do",
        """
import multiprocessing as mp
def square(x): return x * x
try:
    with mp.get_context("fork").Pool(2) as pool: print(pool.map(square, range(4)))
except OSError as e: print("no pool:", e.errno)
""",
    ),
    "files": (
        "opens files until there are no descriptors left, and closes them",
        """
import os
kept = []
try:
    for _ in range(100_000): kept.append(os.open("/dev/null", os.O_RDONLY))
except OSError: pass
for fd in kept: os.close(fd)
""",
    ),
    "memory_caught": (
        "fills memory, catches MemoryError and goes on",
        """
hog = []
try:
    for _ in range(80): hog.append(bytearray(100_000_000))
except MemoryError: pass
del hog
""",
    ),
    "child_memory": (
        "lets children fill the memory",
        """
import os
for _ in range(4):
    pid = os.fork()
    if pid == 0:
        """
        + LEFT
        + """
        try: hog = [bytearray(100_000_000) for _ in range(20)]
        except MemoryError: pass
        os._exit(0)
try:
    while True: os.wait()
except ChildProcessError: pass
""",
    ),
    "shared_memory": (
        "fills shared memory that no limit on addresses counts",
        """
import mmap, os
try:
    fd = os.memfd_create("hog")
    for _ in range(200): os.write(fd, bytes(10_000_000))
except (OSError, AttributeError): pass
""",
    ),
}

CASES = [
    Hostile(
        f"space_{name}",
        "exhausting",
        tries,
        "t_no_two_layer",
        Code("t_right", into={"two_layer": code + "\nraise MemoryError('not stopped')"}),
    )
    for name, (tries, code) in HOGS.items()
] + [extra("exhausting", f"space_{name}", tries, code) for name, (tries, code) in EXTRAS.items()]
