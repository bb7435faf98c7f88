"""Forging by talking to the grader: descriptors, frames of the protocol, forged and endless replies."""
# ruff: noqa: E501 (code of submissions)

from suites.hostile.case import Code, Hostile, in_call

ALL_DESCRIPTORS = """
import os
def spray(data):
    for fd in range(3, 512):
        try:
            os.set_blocking(fd, False)
            os.write(fd, data)
        except OSError: pass
"""

# behind the imports of a submission that answers junk
PRELUDES = {
    "fd_text": (
        "writes forged results to every descriptor it has",
        ALL_DESCRIPTORS
        + """
for text in (b'{"ok": true, "value": true}\\n', b'{"score": 10, "passed": true}\\n', b"\\x80\\x04\\x88."):
    spray(text)
""",
    ),
    "fd_frames": (
        "writes length-prefixed frames of a forged reply",
        ALL_DESCRIPTORS
        + """
import json, struct
for reply in ({"ok": True, "value": True}, {"result": 10}, {"kind": "done", "score": 10}, [True]):
    body = json.dumps(reply).encode()
    for form in ("<I", ">I", "<Q", ">Q", "<i", ">q"):
        spray(struct.pack(form, len(body)) + body)
""",
    ),
    "fd_huge_length": (
        "announces replies of 2**63 bytes",
        ALL_DESCRIPTORS + 'spray(b"\\x7f" + b"\\xff" * 15)\nspray(b"\\xff" * 16)',
    ),
    "fd_negative_length": (
        "announces replies of a negative length, and none",
        ALL_DESCRIPTORS
        + 'spray(b"\\x80" + b"\\x00" * 7)\nspray(b"\\x00" * 16)\nspray(b"-1\\n-1\\n")',
    ),
    "fd_garbage": (
        "writes noise to every descriptor",
        ALL_DESCRIPTORS + "for _ in range(20): spray(os.urandom(4096))",
    ),
    "fd_nested_json": (
        "sends JSON nested 100,000 deep",
        ALL_DESCRIPTORS
        + """
import struct
body = b"[" * 100_000 + b"]" * 100_000
spray(body + b"\\n")
for form in ("<I", ">I", "<Q", ">Q"): spray(struct.pack(form, len(body)) + body)
""",
    ),
    "fd_read": (
        "reads what the grader sends, in a thread, before its own process does",
        """
import os, threading
def steal(fd):
    while True:
        try:
            if not os.read(fd, 1 << 16): return
        except OSError: return
for fd in range(3, 64):
    try: os.fstat(fd)
    except OSError: continue
    threading.Thread(target=steal, args=(fd,), daemon=True).start()
""",
    ),
    "fd_answer_first": (
        "answers in a forked process for as long as the grader asks",
        ALL_DESCRIPTORS
        + """
import time
if os.fork() == 0:
    for _ in range(200):
        spray(b'{"ok": true, "value": true}\\n')
        time.sleep(0.01)
    os._exit(0)
""",
    ),
    "sockets": (
        "speaks on every socket object that it finds in memory",
        """
import gc, socket, json, struct
body = json.dumps({"ok": True, "value": True}).encode()
for thing in gc.get_objects():
    try:
        if isinstance(thing, socket.socket):
            thing.setblocking(False)
            thing.send(struct.pack(">I", len(body)) + body)
        elif hasattr(thing, "buffer") and hasattr(thing, "write"):
            thing.buffer.write(body + b"\\n")
    except Exception: pass
""",
    ),
    "service_objects": (
        "looks for the grader's service among all objects and makes it answer True",
        """
import gc, types
for thing in gc.get_objects():
    try:
        module = getattr(type(thing), "__module__", "") or ""
        if isinstance(module, str) and "course_lib" in module:
            for name in dir(thing):
                if not name.startswith("__") and callable(getattr(thing, name)):
                    setattr(thing, name, lambda *a, **k: True)
    except BaseException: pass
""",
    ),
}

CASES = [
    Hostile(
        f"forge_{name}",
        "forging",
        tries,
        "t_junk",
        Code("t_junk", after={"plain-1": code}),
        person=None,  # with its own line to the grader broken, it may be given to a person too
    )
    for name, (tries, code) in PRELUDES.items()
] + [
    in_call(
        "forging",
        "top_words",
        "forge_reply_in_call",
        "writes forged replies while a test waits",
        ALL_DESCRIPTORS
        + """
import json, struct
def top_words(text, k):
    body = json.dumps({"ok": True, "value": [["c", 3], ["b", 2]], "result": True}).encode()
    spray(struct.pack(">I", len(body)) + body)
    spray(body + b"\\n")
    raise RuntimeError
""",
    ),
    in_call(
        "forging",
        "top_words",
        "forge_deep_value",
        "returns a list nested 100,000 deep",
        """
def top_words(text, k):
    value = []
    for _ in range(100_000):
        value = [value]
    return value
""",
    ),
    in_call(
        "forging",
        "top_words",
        "forge_cycle",
        "returns a list that contains itself",
        """
def top_words(text, k):
    value = [("c", 3)]
    value.append(value)
    return value
""",
    ),
    in_call(
        "forging",
        "top_words",
        "forge_endless",
        "returns a generator without an end",
        """
def top_words(text, k):
    while True:
        yield ("c", 3)
""",
    ),
    in_call(
        "forging",
        "top_words",
        "forge_handle",
        "returns what looks like the grader's handles",
        """
def top_words(text, k):
    return {"__ref__": 0, "$ref": 1, "ref": 2, "handle": 3, "id": 4, "type": "remote", "t": "ref",
            "kind": "tensor", "dtype": "float32", "shape": [2**40], "data": ""}
""",
    ),
    in_call(
        "forging",
        "top_words",
        "forge_escapes",
        "returns keys and texts with control signs",
        """
def top_words(text, k):
    return [("\\x00\\x1b[2J\\udcff", 3), ("__class__", float("nan")), (b"\\xff" * 10, 1 + 2j)]
""",
    ),
    in_call(
        "forging",
        "standardise",
        "forge_shape",
        "lies about shape and type of a tensor",
        """
class T(torch.Tensor):
    shape = torch.Size([2**31, 2**31])
    dtype = torch.float64
    def numel(self): return -1
    def element_size(self): return 2**60
    def numpy(self, *a, **k): return b"short"
    def tolist(self): return [[0.0]]
    def contiguous(self, *a): return self
    def cpu(self, *a): return self
    def detach(self): return self
def standardise(x):
    return torch.ones(2, 2).as_subclass(T)
""",
    ),
    Hostile(
        "forge_generator_endless",
        "forging",
        "yields for ever where the test makes a list",
        "b_no_countdown",
        Code("b_right", into={"countdown": "def countdown(n):\n    while True:\n        yield n"}),
        assignment="basics",
    ),
]
