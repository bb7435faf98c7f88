"""Whose words on stderr are these? Read as text and run inside the kernel that grades.

nbgrader gives 0 points to a graded cell with anything on stderr. That is meant for the test's own
complaints; a warning or a progress bar that the learner's correct code prints while a test calls it
must not cost points. A write counts as the test's when only the running test cell stands on the
call stack; where another cell's function does, the text goes to stdout instead.

Imports nothing of ours: the kernel gets this file's text, not this package.
"""

import sys
import threading


class StderrRouter:
    """Stand in for sys.stderr and send what learners' code writes to stdout."""

    def __init__(self, stderr, stdout, cell_prefix):
        self._stderr = stderr
        self._stdout = stdout
        self._cell_prefix = cell_prefix

    def write(self, text):
        """Write to stderr or to stdout, whoever's words these are."""
        return self._target().write(text)

    def writelines(self, lines):
        """Write each line."""
        for line in lines:
            self.write(line)

    def flush(self):
        """Flush both."""
        self._stderr.flush()
        self._stdout.flush()

    def __getattr__(self, name):
        return getattr(self._stderr, name)

    def _target(self):
        if threading.current_thread() is not threading.main_thread():
            return self._stdout  # tests start no threads; a learner's code may
        files, frame = set(), sys._getframe(2)
        while frame is not None:
            if frame.f_code.co_filename.startswith(self._cell_prefix):
                files.add(frame.f_code.co_filename)
            frame = frame.f_back
        return self._stdout if len(files) > 1 else self._stderr
