"""What a time stamp means: read as it was written, or refused with the reason.

nbgrader takes the last of three words for a zone: `2026-11-30 10:00:00 +0900` is 900 seconds from
UTC there, `... KST` and `... PM` are UTC. With a late penalty that costs a punctual student points.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from course_lib.errors import CourseDirectoryError

_OFFSET = re.compile(
    r"(?<=[\dMm])\s*(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?(\d\d))?\s*(?:\([^()]*\))?$"
)
_NAME = re.compile(r"\s*\(?([A-Za-z][\w+-]*(?:/[\w+-]+)*)\)?$")
_UTC = {"UTC", "GMT", "UT", "Z"}
_HALVES = {"AM", "PM"}
# whose trait `timezone` counts: who writes the stamps, then who shows them
_SECTIONS = ("ExchangeSubmit", "Exchange", "NbGraderAPI")


def read_time(text: str, zone: str = "UTC") -> datetime:
    """Return a moment in UTC, without a zone, as nbgrader's gradebook keeps it.

    zone: the course's, for a time that names none, and where several zones share a name.
    Raises: ValueError for what is no time, or could be more than one.
    """
    text = " ".join(text.split())
    here = _zone(zone) or UTC
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = _in_words(text, here)
    if found.tzinfo is None:
        found = found.replace(tzinfo=here)
    return found.astimezone(UTC).replace(tzinfo=None)


def zone_of(config: Any) -> str:
    """Return the zone in which a course records its times; UTC where it names none.

    Raises: CourseDirectoryError for a name that stands for no zone.
    """
    sections = (config[name] for name in _SECTIONS if name in config)
    named = (str(section["timezone"]) for section in sections if "timezone" in section)
    name = next(named, "UTC")
    if _zone(name) is None:
        raise CourseDirectoryError(
            "a time zone such as Asia/Seoul", repr(name), "mend `timezone` in nbgrader_config.py"
        )
    return name


def _in_words(text: str, here: tzinfo) -> datetime:
    """Return a time that is not in ISO's form: date and clock as dateutil reads them, a zone."""
    offset, name = _OFFSET.search(text) if ":" in text else None, _NAME.search(text)
    if offset:
        hours, minutes = int(offset[2]), int(offset[3] or 0)
        ahead = timedelta(hours=hours, minutes=minutes) * (-1 if offset[1] == "-" else 1)
        return _clock(text[: offset.start()]).replace(tzinfo=timezone(ahead))
    if name and name[1].upper() not in _HALVES:
        clock = _clock(text[: name.start()])
        return clock.replace(tzinfo=_named(name[1], clock, here))
    return _clock(text)


def _clock(text: str) -> datetime:
    """Return date and time without a zone.

    Raises: ValueError where a part of the date is missing, or day and month could change places.
    """
    from dateutil.parser import parse

    # subtle: with dayfirst dateutil turns 2026-11-12 round as well
    orders = (False,) if re.match(r"\d{4}", text) else (False, True)
    try:
        readings = {
            parse(text, default=default, dayfirst=order)
            for default in (datetime(2000, 1, 1), datetime(2001, 2, 2))
            for order in orders
        }
    except (ValueError, OverflowError):
        raise ValueError(f"{text[:60]!r} is no time") from None
    if len(readings) > 1:
        raise ValueError(f"{text!r} is no whole date, or could be two")
    return readings.pop()


def _named(name: str, at: datetime, here: tzinfo) -> tzinfo:
    """Return the zone of a name (Asia/Seoul) or of an abbreviation that was in use at a time."""
    if name.upper() in _UTC:
        return UTC
    if here.tzname(at) == name:
        return here
    named = [zone for zone in _zones().values() if zone.tzname(at) == name]
    offsets = {zone.utcoffset(at) or timedelta() for zone in named}
    if len(offsets) > 1:
        raise ValueError(f"{name} is the name of {len(offsets)} time zones")
    if offsets:
        return timezone(offsets.pop())
    found = _zone(name)
    if found is None:
        raise ValueError(f"{name} is no time zone that is known, or was not in use then")
    return found


def _zone(name: str) -> tzinfo | None:
    return UTC if name.upper() in _UTC else _zones().get(name)


@cache
def _zones() -> dict[str, ZoneInfo]:
    return {name: ZoneInfo(name) for name in available_timezones()}
