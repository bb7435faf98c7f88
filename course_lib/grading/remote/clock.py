"""How long a request may take: processor time decides; wall time only bounds waiting."""

import time
from typing import Protocol

from course_lib.grading.course.limits import Limits

GRACE = 1.5  # seconds to answer an interrupt
ASLEEP = 0.01  # below this share of the processor a call waits for something, not for its turn


class Watch(Protocol):
    """Who can look at the student's process from outside."""

    def processor_seconds(self) -> float:
        """Return what it used so far."""
        ...

    def interrupt(self) -> None:
        """Ask it to stop what it does."""

    def kill(self, *, patient: bool = False) -> str:
        """End it; return why it had ended, if it had; patient: it is about to end by itself."""
        ...


class Clock:
    """The limits of one request."""

    def __init__(self, watch: Watch, limits: Limits) -> None:
        self.watch, self.limits = watch, limits
        self.began = self.looked = time.monotonic()
        self.used: float | None = None
        self.asked = 0.0  # when the student's code was asked to stop

    @property
    def over(self) -> bool:
        """Whether the time is over."""
        return self.asked > 0

    def tick(self, every: float = 0.0) -> str:
        """Interrupt the student's code when its time is over.

        Returns: why it must be ended, where it did not stop; else nothing.
        """
        now = time.monotonic()
        if now - self.looked < every:
            return ""
        self.looked = now
        wall, limits = now - self.began, self.limits
        if self.over:
            deaf = now - self.asked > GRACE
            return f"longer than {limits.cell_seconds:g} s, deaf to interrupts" if deaf else ""
        total = self.watch.processor_seconds()
        if self.used is None:
            self.used = total - min(wall, total)
        used = total - self.used
        asleep = wall > limits.cell_seconds and used < ASLEEP * wall
        if used > limits.cell_seconds or asleep or wall > limits.patience * limits.cell_seconds:
            self.asked = now
            self.watch.interrupt()
        return ""
