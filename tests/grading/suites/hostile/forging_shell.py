"""Forging by changing how cells are compiled and run: the shell, the compiler, the tracer."""

from suites.hostile.case import Code, Hostile

PATCHES = {
    "run_cell": (
        "replaces the shell's run_cell, run_code and friends",
        """
ip = get_ipython()
class SubmissionResult:
    success, result, error_in_exec, error_before_exec = True, None, None, None
for name in ("run_cell", "run_code", "run_ast_nodes", "run_cell_async", "_run_cell"):
    try: setattr(type(ip), name, lambda self, *a, **k: SubmissionResult())
    except Exception: pass
""",
    ),
    "ast_transformer": (
        "removes every assert from what the shell compiles",
        """
import ast
class NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(NoAsserts())
""",
    ),
    "input_transformer": (
        "turns assert lines into comments before they are parsed",
        """
def no_asserts(lines): return ["pass\\n" if "assert" in l else l for l in lines]
get_ipython().input_transformers_cleanup.append(no_asserts)
get_ipython().input_transformers_post.append(no_asserts)
""",
    ),
    "compile": (
        "replaces compile, exec and eval",
        """
import builtins
keep = builtins.compile
def quiet(source, *a, **k):
    return keep("pass" if isinstance(source, str) and "assert" in source else source, *a, **k)
builtins.compile = quiet
builtins.exec = builtins.eval = lambda *a, **k: None
get_ipython().compile = quiet
""",
    ),
    "tracebacks": (
        "makes the shell show no error",
        """
import sys
ip = get_ipython()
ip.showtraceback = ip.showsyntaxerror = ip._showtraceback = lambda *a, **k: None
ip.set_custom_exc((BaseException,), lambda *a, **k: None)
sys.excepthook = lambda *a: None
""",
    ),
    "events": (
        "clears errors in a hook behind every cell",
        """
ip = get_ipython()
def forgive(result=None):
    if result is not None:
        result.error_in_exec = result.error_before_exec = None
    ip.user_ns["points"] = 4
ip.events.register("post_run_cell", forgive)
ip.events.register("pre_run_cell", forgive)
""",
    ),
    "settrace": (
        "jumps over asserts by a trace function",
        """
import sys, threading
def tracer(frame, event, arg):
    try:
        if "assert" in open(frame.f_code.co_filename).read().splitlines()[frame.f_lineno - 1]:
            frame.f_lineno += 1
    except Exception: pass
    return tracer
sys.settrace(tracer); sys.setprofile(None); threading.settrace(tracer)
f = sys._getframe()
while f: f.f_trace = tracer; f = f.f_back
""",
    ),
}

CASES = [
    Hostile(f"forge_{name}", "forging", tries, "t_junk", Code("t_junk", after={"plain-1": code}))
    for name, (tries, code) in PATCHES.items()
]
