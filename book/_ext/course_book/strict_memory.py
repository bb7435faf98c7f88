"""Let a failed strict build fail again.

Sphinx gives most warnings while it reads a page. A page that was read is kept, so a second
`-W` build reads nothing, warns of nothing and passes. We leave a mark while a build runs and take
it away only when the build ends without a warning; where the mark is still there, the next build
forgets what was read. The executed cells stay cached, so this costs seconds.

For the same reason every page is read again when one of our extensions has changed: the hash of
their files is the version that Sphinx keeps beside what it read.
"""

import hashlib
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

MARK = "unfinished-build"


def forget_after_failure(doctrees: Path) -> bool:
    """Drop the kept pages if the last build left its mark; leave a mark of our own."""
    mark = doctrees / MARK
    failed = mark.exists()
    if failed:
        (doctrees / "environment.pickle").unlink(missing_ok=True)
    doctrees.mkdir(parents=True, exist_ok=True)
    mark.touch()
    return failed


def _finish(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and not app._warncount:
        (Path(app.doctreedir) / MARK).unlink(missing_ok=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Runs before Sphinx loads its environment, which is why this extension stands first."""
    forget_after_failure(Path(app.doctreedir))
    app.connect("build-finished", _finish)
    sources = sorted(Path(__file__).parent.glob("*.py"))
    ours = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    return {
        "version": "1",
        "env_version": ours,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
