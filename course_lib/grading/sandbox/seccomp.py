"""A filter that takes system calls away which no homework needs and which widen the kernel's face.

Classic BPF, written by hand: a few instructions, no library. See seccomp(2) and the kernel's
Documentation/userspace-api/seccomp_filter.rst for the data that the filter reads.
"""

import ctypes
import errno
import platform
import struct

# name -> (x86_64, aarch64); None: the machine has no such call
CALLS = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "kcmp": (312, 272), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268), "open_tree": (428, 428),
    "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432),
    "fspick": (433, 433), "mount_setattr": (442, 442), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "keyctl": (250, 219),
    "add_key": (248, 217), "request_key": (249, 218), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "reboot": (169, 142), "swapon": (167, 224),
    "swapoff": (168, 225), "acct": (163, 89), "quotactl": (179, 60), "syslog": (103, 116),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171),
    "clock_adjtime": (305, 266), "sethostname": (170, 161), "setdomainname": (171, 162),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262), "lookup_dcookie": (212, 18), "personality": (135, 92),
    "iopl": (172, None), "ioperm": (173, None), "modify_ldt": (154, None),
    "move_pages": (279, 239), "migrate_pages": (256, 238), "mbind": (237, 235),
    "set_mempolicy": (238, 237), "vhangup": (153, 58), "pidfd_getfd": (438, 438),
}  # fmt: skip
CLONE = {"x86_64": (56, 435), "aarch64": (220, 435)}  # clone and clone3
SOCKET = {"x86_64": 41, "aarch64": 198}
FAMILIES = (1, 2, 10, 16)  # unix, inet, inet6, netlink; vsock, say, knows no namespaces
NEW_NAMESPACES = 0x7E020080 & ~0x80  # CLONE_NEW*: user, mount, pid, net, ipc, uts, cgroup
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32 = 0x40000000

LOAD, EQUAL, ABOVE, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER, ARCH, FIRST_ARGUMENT = 0, 4, 16  # places in struct seccomp_data


def program(machine: str) -> bytes:
    """Return the filter for a machine.

    Raises: KeyError for a machine whose system calls do not stand here.
    """
    column = {"x86_64": 0, "aarch64": 1}[machine]
    code: list[tuple[int, int, int, int]] = [
        (LOAD, 0, 0, ARCH),
        (EQUAL, 1, 0, AUDIT_ARCH[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
    ]
    if machine == "x86_64":  # the x32 numbers are other names for the same calls
        code += [(ABOVE, 0, 1, X32), (RETURN, 0, 0, KILL)]
    for numbers in CALLS.values():
        number = numbers[column]
        if number is not None:
            code += [(EQUAL, 0, 1, number), (RETURN, 0, 0, ERROR | errno.EPERM)]
    code += [(EQUAL, 0, 3 + len(FAMILIES), SOCKET[machine]), (LOAD, 0, 0, FIRST_ARGUMENT)]
    for left, family in zip(range(len(FAMILIES), 0, -1), FAMILIES, strict=True):
        code.append((EQUAL, left, 0, family))
    code += [(RETURN, 0, 0, ERROR | errno.EAFNOSUPPORT), (RETURN, 0, 0, ALLOW)]
    clone, clone3 = CLONE[machine]
    # clone3 hides its flags behind a pointer: say that it does not exist, and libc takes clone
    code += [(EQUAL, 0, 1, clone3), (RETURN, 0, 0, ERROR | errno.ENOSYS)]
    code += [
        (EQUAL, 0, 3, clone),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (ANY_BIT, 0, 1, NEW_NAMESPACES),
        (RETURN, 0, 0, ERROR | errno.EPERM),
        (RETURN, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *one) for one in code)


class _Program(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def install() -> bool:
    """Put the filter on this process and its children for good; False on an unknown machine."""
    machine = platform.machine()
    if machine not in AUDIT_ARCH:
        return False
    code = program(machine)
    buffer = ctypes.create_string_buffer(code, len(code))
    filled = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    set_filter, filter_mode = 22, 2  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
    if libc.prctl(set_filter, filter_mode, ctypes.byref(filled), 0, 0):
        raise OSError(ctypes.get_errno(), "the filter of system calls was refused")
    return True
