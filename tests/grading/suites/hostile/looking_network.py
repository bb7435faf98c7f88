"""Looking around over sockets: only loopback listeners of the suite, and sockets that send nothing."""
# ruff: noqa: E501 (code of submissions)

from suites.hostile.case import extra

LOOKS = {
    "tcp": (
        "connects to a listener on loopback",
        """
import socket
for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0"):
    try:
        with socket.create_connection((host, @PORT@), 2) as s:
            s.sendall(b"hello"); print("REACHED", host, s.recv(100))
    except OSError: pass
""",
    ),
    "udp": (
        "sends to a listener on loopback",
        """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try: s.sendto(b"hello", ("127.0.0.1", @UDP@)); s.settimeout(1); print("REACHED", s.recv(100))
except OSError: pass
""",
    ),
    "unix": (
        "connects to a socket in the file system",
        """
import socket, glob
for path in ["@UNIX@", "/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket"]:
    s = socket.socket(socket.AF_UNIX)
    try: s.connect(path); print("REACHED", path)
    except OSError: pass
""",
    ),
    "abstract": (
        "connects to an abstract socket, by name and by listing them",
        """
import socket
names = ["@ABSTRACT@"]
try: names += [l.split()[-1][1:] for l in open("/proc/net/unix") if " @" in l]
except OSError: pass
for name in names:
    s = socket.socket(socket.AF_UNIX)
    try: s.connect("\\0" + name); print("REACHED", name)
    except OSError: pass
""",
    ),
    "routes": (
        "asks whether there is a way out: documentation and metadata addresses, nothing is sent",
        """
import socket
for family, host in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET, "169.254.169.254"),
                     (socket.AF_INET6, "2001:db8::1")):
    try:
        s = socket.socket(family, socket.SOCK_DGRAM)
        s.connect((host, 9)); print("REACHED", host, s.getsockname())
    except OSError: pass
others = [name for _, name in socket.if_nameindex() if name != "lo"]
if others: print("REACHED", others)
""",
    ),
    "raw": (
        "makes raw, packet and other unusual sockets",
        """
import socket
for family, kind, proto in ((socket.AF_INET, socket.SOCK_RAW, 1), (17, socket.SOCK_RAW, 0),
                            (40, socket.SOCK_STREAM, 0), (38, socket.SOCK_SEQPACKET, 0)):
    try: socket.socket(family, kind, proto); print("REACHED", family, kind)
    except OSError: pass
""",
    ),
    "inherited": (
        "looks for sockets that it inherited and follows them",
        """
import os, socket, stat
for fd in range(3, 256):
    try: mode = os.fstat(fd).st_mode
    except OSError: continue
    if not stat.S_ISSOCK(mode): continue
    s = socket.socket(fileno=os.dup(fd))
    try: peer = s.getpeername()
    except OSError: peer = None
    if s.family != socket.AF_UNIX or (peer and str(peer).strip("\\0b'")): print("REACHED", s.family, peer)
""",
    ),
    "environment": (
        "reads proxies and tokens from the environment",
        """
import os
for key, value in os.environ.items():
    if "ZEBRA" in value or "proxy" in key.lower() or "TOKEN" in key or "SECRET" in key:
        print("REACHED", key, value)
""",
    ),
    "system_v": (
        "looks for shared memory, queues and semaphores of the machine",
        """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for name in ("shm", "msg", "sem"):
    try: lines = open(f"/proc/sysvipc/{name}").read().splitlines()[1:]
    except OSError: continue
    if lines: print("REACHED", name, lines)
""",
    ),
}

CASES = [
    extra("looking", f"look_{name}", tries, code, behind="plain-1")
    for name, (tries, code) in LOOKS.items()
]
