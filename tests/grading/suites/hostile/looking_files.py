"""Looking around in files: what is found is printed, and none of it may stand in the notebook."""
# ruff: noqa: E501 (code of submissions)

from suites.handed import Handed
from suites.honest import CASES as HONEST
from suites.hostile.case import Code, Hostile, Place, extra

# a bounded walk: at most 60,000 names, 12 s, files up to 4 MB
WALK = '''
import os, time
def walk(top, want, seconds=12):
    """Print REACHED and the path of every readable file that holds the canary's token."""
    token = b"ZEBRA" + b"_"
    until, seen = time.time() + seconds, 0
    skip = ("/proc", "/sys", "/dev")
    for root, dirs, files in os.walk(top):
        dirs[:] = [d for d in dirs if os.path.join(root, d) not in skip]
        for name in files:
            seen += 1
            if seen > 60_000 or time.time() > until: return
            if not want(name): continue
            path = os.path.join(root, name)
            try:
                if os.path.islink(path) or os.path.getsize(path) > 4_000_000: continue
                with open(path, "rb") as f: data = f.read()
            except OSError: continue
            if token in data: print("REACHED", path, data[data.index(token):][:60])
'''

LOOKS = {
    "notebooks": (
        "walks the whole tree for notebooks and gradebooks",
        WALK
        + 'walk("/", lambda n: n.endswith((".ipynb", ".db", ".sqlite", ".json", ".yaml", ".csv")))',
    ),
    "python_files": (
        "walks everything outside the libraries for sources of exercises",
        WALK
        + """
for top in sorted(os.listdir("/")):
    if top in ("proc", "sys", "dev", "usr", "lib", "lib64"): continue
    walk("/" + top, lambda n: n.endswith((".py", ".txt", ".md")), 3)
""",
    ),
    "canary": (
        "reads files outside by their path",
        """
import os, glob
for path in glob.glob("@FOLDER@/**", recursive=True) + ["@FOLDER@/secret.txt", "@FOLDER@/.ssh/id_rsa"]:
    try: print("REACHED", path, open(path).read()[:80])
    except OSError: pass
try: print("REACHED", os.listdir("@FOLDER@"))
except OSError: pass
""",
    ),
    "home": (
        "reads home directories and keys",
        """
import os, glob
for top in ("/root", "/home", os.path.expanduser("~"), os.environ.get("HOME") or "/root"):
    for name in (".ssh/id_rsa", ".ssh/authorized_keys", ".bash_history", ".netrc", ".bashrc",
                 ".config", ".aws/credentials", ".docker/config.json", ".git-credentials"):
        path = os.path.join(top, name)
        if os.path.exists(path): print("REACHED", path)
for path in ("/etc/shadow", "/etc/sudoers", "/etc/ssh/ssh_host_rsa_key"):
    try: print("REACHED", path, len(open(path).read()))
    except OSError: pass
""",
    ),
    "write_canary": (
        "writes, appends, deletes and renames outside",
        """
import os, shutil
for what in (lambda: open("@FOLDER@/written", "w").write("x"),
             lambda: open("@FOLDER@/secret.txt", "a").write("x"),
             lambda: os.remove("@FOLDER@/keep.txt"),
             lambda: os.rename("@FOLDER@/keep.txt", "@FOLDER@/moved.txt"),
             lambda: os.chmod("@FOLDER@/secret.txt", 0o777),
             lambda: os.symlink("/etc/passwd", "@FOLDER@/link"),
             lambda: os.mkfifo("@FOLDER@/pipe")):
    try: what(); print("REACHED", "the canary was changed")
    except OSError: pass
""",
    ),
    "read_only": (
        "writes into the system and the libraries",
        """
import os, sys, torch
places = ["/", "/usr", "/usr/bin", "/etc", "/opt", "/var", sys.prefix, os.path.dirname(os.__file__),
          os.path.dirname(torch.__file__), os.path.dirname(sys.executable)]
for place in places:
    path = os.path.join(place, "suite-canary-file")
    try:
        open(path, "w").close()
    except OSError: continue
    os.remove(path)
    if place != "/": print("REACHED", "could write into", place)
""",
    ),
    "parents": (
        "climbs up from its own folder",
        """
import os
here = os.getcwd()
print(sorted(os.listdir(here)))
for up in range(1, 6):
    there = os.path.normpath(os.path.join(here, *[".."] * up))
    try: names = os.listdir(there)
    except OSError: continue
    for name in names:
        if name in ("source", "submitted", "gradebook.db", "nbgrader_config.py", "autograded"):
            print("REACHED", os.path.join(there, name))
""",
    ),
    "proc_root": (
        "goes through other processes' root and working folders",
        """
import os
for pid in [p for p in os.listdir("/proc") if p.isdigit()] + ["@PID@"]:
    for link in ("root", "cwd"):
        path = f"/proc/{pid}/{link}@FOLDER@/secret.txt"
        try: print("REACHED", path, open(path).read()[:60])
        except OSError: pass
""",
    ),
    "devices": (
        "looks for devices and shared memory of the machine",
        """
import os
allowed = {"null", "zero", "full", "random", "urandom", "tty", "shm", "pts", "ptmx", "fd", "stdin",
           "stdout", "stderr", "core", "console", "mqueue"}
print("REACHED" if set(os.listdir("/dev")) - allowed else "only", sorted(os.listdir("/dev")))
for name in os.listdir("/dev/shm") if os.path.isdir("/dev/shm") else []:
    if "zebra" in name: print("REACHED", name)
for path in ("/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/fuse", "/dev/kvm", "/dev/net/tun"):
    try: os.close(os.open(path, os.O_RDONLY)); print("REACHED", path)
    except OSError: pass
""",
    ),
    "kernel_files": (
        "opens the kernel's settings for writing and reads its secrets",
        """
import os
for path in ("/proc/sys/kernel/hostname", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger",
             "/proc/sys/kernel/core_pattern", "/sys/fs/cgroup/cgroup.procs", "/proc/1/oom_score_adj"):
    try: os.close(os.open(path, os.O_WRONLY))
    except OSError: continue
    if path != "/proc/1/oom_score_adj": print("REACHED", "writable", path)
for path in ("/proc/kcore", "/proc/kallsyms", "/proc/keys"):
    try: data = open(path, "rb").read(200)
    except OSError: continue
    if path == "/proc/kcore" and data: print("REACHED", path)
""",
    ),
    "note_left": (
        "leaves a note for other students in every shared place",
        """
import builtins, os, sys
for place in ("/tmp", "/var/tmp", "/dev/shm", os.getcwd(), "/run", "/home"):
    try: open(os.path.join(place, "zebra-note"), "w").write("ZEBRA" + "_NOTE the answers")
    except OSError: pass
builtins.zebra_note = sys.zebra_note = torch.zebra_note = "ZEBRA" + "_NOTE"
""",
    ),
    "note_read": (
        "reads what another student left",
        """
import builtins, glob, os, sys
for place in ("/tmp", "/var/tmp", "/dev/shm", os.getcwd(), "/run", "/home"):
    for path in glob.glob(os.path.join(place, "zebra*")):
        try: print("REACHED", path, open(path).read())
        except OSError: pass
for thing in (builtins, sys, torch):
    if hasattr(thing, "zebra_note"): print("REACHED", thing)
""",
    ),
}

CASES = [
    extra("looking", f"look_{name}", tries, code, behind="plain-1")
    for name, (tries, code) in LOOKS.items()
]


def _data_link(target: str):
    """Return a maker: the data file is a link; the answer prints what is in it."""

    def make(place: Place) -> Handed:
        code = 'try: print("days:", open("days.csv").read()[:200])\nexcept OSError as e: print(e)'
        handed = Code("b_right", after={"plain-1": code})(place)
        del handed.files["days.csv"]
        handed.links["days.csv"] = place.fill(target)
        return handed

    return make


def _extra_link(target: str):
    def make(place: Place) -> Handed:
        code = """
import os
for path in ("more.txt", "folder/secret.txt"):
    try: print("REACHED", open(path).read()[:80])
    except OSError: pass
"""
        handed = Code("t_right", after={"plain-1": code})(place)
        handed.links["more.txt"] = place.fill(target)
        handed.links["folder"] = str(place.folder)
        return handed

    return make


def _notebook_link(place: Place) -> Handed:
    handed = HONEST["t_right"].handed()
    return Handed({}, {"tensors.ipynb": f"{place.folder}/source.ipynb"}, []) if handed else handed


CASES += [
    Hostile(
        "look_link_data",
        "looking",
        "hands in a link to a secret as data file",
        "b_right",
        _data_link("@FOLDER@/secret.txt"),
        assignment="basics",
        person=None,
    ),
    Hostile(
        "look_link_extra",
        "looking",
        "hands in links to files and folders outside",
        "t_right",
        _extra_link("@FOLDER@/secret.txt"),
        person=None,
    ),
    Hostile(
        "look_link_relative",
        "looking",
        "hands in a link that climbs to the source",
        "t_right",
        _extra_link("../../../source/tensors/tensors.ipynb"),
        person=None,
    ),
    Hostile(
        "look_link_notebook",
        "looking",
        "hands in a link to a notebook outside",
        "",
        _notebook_link,
        person=True,
    ),
]
