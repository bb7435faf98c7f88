"""Is a time stamp read as it was meant, and refused where it could mean two times?"""

from datetime import datetime

import pytest
from traitlets.config import Config

from course_lib.errors import CourseDirectoryError
from course_lib.grading.course.timestamp import read_time, zone_of

TEN = datetime(2026, 11, 30, 10)
ONE = datetime(2026, 11, 30, 1)  # ten o'clock in Seoul
READ = {
    "2026-11-30T10:00:00+09:00": ONE,
    "2026-11-30 10:00:00 +0900": ONE,  # nbgrader: 900 seconds from UTC
    "2026-11-30 10:00:00 +09:00": ONE,
    "2026-11-30 10:00:00 +9": ONE,
    "2026-11-30 10:00:00 KST": ONE,  # nbgrader: UTC
    "2026-11-30 10:00:00.250 KST": ONE.replace(microsecond=250_000),
    "2026-11-30 10:00:00 (KST)": ONE,
    "2026-11-30 10:00:00 UTC+9": ONE,
    "2026-11-30 10:00:00 Asia/Seoul": ONE,
    "Mon, 30 Nov 2026 10:00:00 +0900": ONE,
    "Mon Nov 30 2026 10:00:00 GMT+0900 (Korean Standard Time)": ONE,
    "2026-11-30 01:00:00 PM": datetime(2026, 11, 30, 13),  # nbgrader: one in the night
    "2026-11-30 12:30 am KST": datetime(2026, 11, 29, 15, 30),
    "2026-11-30 10:00:00 -0330": datetime(2026, 11, 30, 13, 30),
    "2026-11-30 10:00:00 EST": datetime(2026, 11, 30, 15),
    "2026-07-30 10:00:00 EDT": datetime(2026, 7, 30, 14),
    "2026-11-30 10:00:00 UTC": TEN,
    "2026-11-30 10:00:00Z": TEN,
    "2026-11-30 10:00:00": TEN,
    "20261130T100000Z": TEN,
    "30/11/2026 10:00": TEN,
    "30 Nov 2026 10:00": TEN,
    "2026-11-12 10:00": datetime(2026, 11, 12, 10),
}


@pytest.mark.parametrize("text", READ)
def test_a_stamp_says_what_it_says(text):
    assert read_time(text) == READ[text]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("soon", "is no time"),
        ("10:00", "no whole date"),
        ("2026", "no whole date"),
        ("11/12/2026 10:00", "could be two"),
        ("2026-11-30 10:00 CST", r"the name of \d time zones"),
        ("2026-11-30 10:00 IST", r"the name of \d time zones"),
        ("2026-11-30 10:00 EDT", "was not in use then"),
        ("2026-11-30 10:00 XYZ", "no time zone that is known"),
        ("2026-13-30 10:00", "is no time"),
        ("1764468000", "is no time"),
    ],
)
def test_what_could_mean_two_times_is_refused(text, reason):
    with pytest.raises(ValueError, match=reason):
        read_time(text)


@pytest.mark.parametrize(
    ("text", "zone", "meant"),
    [
        ("2026-11-30 10:00", "Asia/Seoul", ONE),
        ("2026-11-30 10:00 UTC", "Asia/Seoul", TEN),
        ("2026-11-30 10:00 CST", "America/Chicago", datetime(2026, 11, 30, 16)),
        ("2026-11-30 10:00 CST", "Asia/Shanghai", datetime(2026, 11, 30, 2)),
        ("2026-07-01 10:00", "America/Chicago", datetime(2026, 7, 1, 15)),
    ],
)
def test_the_course_s_zone_decides_where_the_stamp_does_not(text, zone, meant):
    assert read_time(text, zone) == meant


def test_the_zone_is_that_of_the_exchange_or_of_formgrader():
    seoul, chicago = {"timezone": "Asia/Seoul"}, {"timezone": "America/Chicago"}
    assert zone_of(Config()) == "UTC"
    assert zone_of(Config(NbGraderAPI=seoul)) == "Asia/Seoul"
    assert zone_of(Config(NbGraderAPI=chicago, Exchange=seoul)) == "Asia/Seoul"
    with pytest.raises(CourseDirectoryError, match="Atlantis"):
        zone_of(Config(Exchange={"timezone": "Atlantis"}))


def test_nbgrader_reads_the_stamps_that_it_reads_rightly_in_the_same_way():
    from nbgrader.utils import parse_utc

    for text in (
        "2026-11-30T10:00:00+09:00",
        "2026-11-30 10:00:00 UTC",
        "2026-11-30 10:00:00.123456 UTC",
        "2026-11-30 10:00:00",
        "2026-07-30 10:00 America/Los_Angeles",
    ):
        assert read_time(text) == parse_utc(text)
