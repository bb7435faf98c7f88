"""How long a request may take: processor time decides; wall time only bounds waiting."""

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course_lib.grading.remote.session import Session

GRACE = 1.5  # seconds to answer an interrupt
ASLEEP = 0.01  # below this share of the processor a call waits for something, not for its turn


class Clock:
    """The limits of one request."""

    def __init__(self, session: "Session") -> None:
        self.session = session
        self.began = self.looked = time.monotonic()
        self.used: float | None = None
        self.asked = 0.0

    def tick(self, every: float = 0.0) -> None:
        """Interrupt the student's code when its time is over, and end it when it does not stop."""
        now = time.monotonic()
        if now - self.looked < every:
            return
        self.looked = now
        session, wall, limits = self.session, now - self.began, self.session.limits
        if self.asked:
            if now - self.asked > GRACE:
                session.give_up(f"longer than {limits.cell_seconds:g} s, deaf to interrupts")
            return
        total = session.watch.processor_seconds()
        if self.used is None:
            self.used = total - min(wall, total)
        used = total - self.used
        asleep = wall > limits.cell_seconds and used < ASLEEP * wall
        if used > limits.cell_seconds or asleep or wall > limits.patience * limits.cell_seconds:
            self.asked, session.interrupted = now, True
            session.watch.interrupt()
