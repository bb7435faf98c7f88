"""The class report: one page for the instructor, from what grading left behind."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, median

from course_lib.grading.course.course_dir import Course
from course_lib.grading.course.files import write_whole
from course_lib.grading.notebook.page_style import PAGE_STYLE, POLICY, escaped, html_table, nothing
from course_lib.grading.reports.class_data import ClassData, Task, collect
from course_lib.grading.reports.report_plots import histogram
from course_lib.grading.reports.similarity import Group, near_identical

HARD = 0.5  # of the class: a task that more than this fails is named as hard
MESSAGES = 5  # the most frequent ones of each task
EXAMPLES = 3  # students named beside a message

_STYLE = """
main{max-width:70rem}
h2{font-size:1.2rem;margin:2rem 0 .3rem;border-top:1px solid var(--line);padding-top:1rem}
h3{font-size:1rem;margin:1rem 0 .2rem}
nav ul{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;padding:0;list-style:none}
.figures{display:flex;flex-wrap:wrap;gap:1rem}
dl{display:flex;flex-wrap:wrap;gap:.6rem 2.2rem;margin:.5rem 0 1rem}
dt{color:var(--dim);font-size:.875rem}
dd{margin:0;font-size:1.4rem}
figure{margin:0;flex:0 1 14rem;min-width:9rem}
figure.wide{flex:1 1 100%}
figcaption{font-size:.875rem}
td.n{text-align:right;font-variant-numeric:tabular-nums}
td.why{min-width:16rem;overflow-wrap:anywhere}
.warn{border-left:4px solid var(--bad);background:var(--bad-paper);padding:.5rem .8rem}
.quiet{color:var(--dim)}
"""


def class_report(
    course: Course, assignment: str, to: Path | None = None, *, progress: bool = True
) -> Path:
    """Write the report of an assignment; return its path (beside the gradebook by default).

    Raises: a CourseError for an unknown assignment or a gradebook that cannot be read.
    """
    data = collect(course, assignment, progress=progress)
    page = report_page(data, near_identical(data.answers, data.given, data.known))
    to = to or course.root / f"report_{assignment}.html"
    write_whole(to, page.encode("utf-8", "replace"))
    return to


def report_page(data: ClassData, groups: Sequence[Group]) -> str:
    """Return the page."""
    title = f"{data.assignment}: class report"
    parts = [
        ("points", "Points", _points(data)),
        ("tasks", "Tasks", _tasks(data)),
        ("failures", "What goes wrong", _failures(data)),
        ("people", "Needs a person", _people(data)),
        ("flagged", "Signs of tampering", _flagged(data)),
        ("shared", "Tests in the student's own process", _shared(data)),
        ("alike", "Near-identical answers", _alike(groups)),
    ]
    links = "".join(f'<li><a href="#{key}">{name}</a></li>' for key, name, _ in parts)
    body = "".join(
        f'<section id="{key}"><h2>{name}</h2>{text}</section>' for key, name, text in parts
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escaped(title)}</title><style>{PAGE_STYLE}{_STYLE}</style></head><body><main>"
        f"<h1>{escaped(title)}</h1>{_run(data)}{_numbers(data, groups)}"
        f'<nav aria-label="Parts of this page"><ul>{links}</ul></nav>{body}</main></body></html>\n'
    )


def _run(data: ClassData) -> str:
    """Return what is known of the run that graded: when, and whether anything was isolated."""
    if not data.recorded:
        return nothing(
            "There is no record of the run: doubts, signs of tampering and the way in which tests "
            "ran are not known here."
        )
    if not data.run:
        return ""
    text = f'<p class="quiet">Graded {escaped(data.run.get("ended", "at an unknown time"))}.</p>'
    if data.run.get("isolated") is False:
        text += (
            '<p class="warn">Nothing was isolated: student code ran with the rights of the grader, '
            "and its scores can be forged.</p>"
        )
    if data.run.get("finished") is False:
        text += '<p class="warn">The run was stopped before it had seen everybody.</p>'
    return text


def _numbers(data: ClassData, groups: Sequence[Group]) -> str:
    people = data.people.values()
    scores = [one.score for one in people if one.score is not None]
    most = max((one.max_score for one in people), default=0.0)
    facts = {
        "submissions": len(data.people),
        "with a score": len(scores),
        "median": f"{median(scores):g} of {most:g}" if scores else "–",
        "need a person": sum(_needs_person(data, one.student) for one in people),
        "signs of tampering": sum(bool(one.flags) for one in people),
        "groups of near-identical answers": len(groups),
    }
    items = "".join(
        f"<div><dt>{escaped(k)}</dt><dd>{escaped(v)}</dd></div>" for k, v in facts.items()
    )
    return f"<dl>{items}</dl>"


def _needs_person(data: ClassData, student: str) -> bool:
    one = data.people[student]
    return one.score is None or bool(one.doubts)


def _points(data: ClassData) -> str:
    scores = [one.score for one in data.people.values() if one.score is not None]
    most = max((one.max_score for one in data.people.values()), default=0.0)
    if not scores:
        return nothing("Nobody has a score yet.")
    quarter = sorted(scores)
    said = (
        f"Mean {fmean(scores):.2f}; half of the class lies between "
        f"{quarter[len(quarter) // 4]:g} and {quarter[3 * len(quarter) // 4]:g} points."
    )
    drawing = histogram(scores, most, what="Students by points of the whole assignment")
    return (
        f'<figure class="wide">{drawing}<figcaption>{escaped(said)} Late penalties are off.'
        "</figcaption></figure>"
    )


def _tasks(data: ClassData) -> str:
    figures, rows = [], []
    for task in data.tasks:
        scores = list(task.scores.values())
        if not scores:
            rows.append((task.name, task.max_score, "–", "–", "–", _kind(task)))
            continue
        drawing = histogram(scores, task.max_score, what=task.name, width=2.3, height=1.5)
        figures.append(
            f"<figure>{drawing}<figcaption><code>{escaped(task.name)}</code></figcaption></figure>"
        )
        full = sum(score >= task.max_score for score in scores) / len(scores)
        zero = sum(score <= 0 < task.max_score for score in scores) / len(scores)
        row = (task.name, task.max_score, f"{fmean(scores):.2f}", f"{full:.0%}", f"{zero:.0%}")
        rows.append((*row, _kind(task)))
    header = ("task", "points", "mean", "full points", "no points", "graded by")
    table = html_table("Tasks in the order of the notebook", header, rows)
    intro = "<p>Students by points of each task; orange is less than half of the points.</p>"
    return (
        f'{intro}<div class="figures">{"".join(figures)}</div>{table}' if rows else nothing("None.")
    )


def _kind(task: Task) -> str:
    return "a person" if task.by_hand else "tests"


def _lost(task: Task) -> list[str]:
    return [student for student, score in task.scores.items() if score < task.max_score]


def _failures(data: ClassData) -> str:
    parts = []
    tried = [(task, len(_lost(task)) / len(task.scores)) for task in data.tasks if task.scores]
    for task, share in sorted(tried, key=lambda pair: -pair[1]):
        if not share:
            continue
        lost = _lost(task)
        hard = " – most of the class" if share > HARD else ""
        said = {student: task.messages[student] for student in lost if student in task.messages}
        rows = [(number, text, ", ".join(some)) for text, number, some in _grouped(said)]
        if len(said) < len(lost):
            silent = [student for student in lost if student not in said]
            rows.append((len(silent), "(no message)", ", ".join(silent[:EXAMPLES])))
        parts.append(
            f"<h3><code>{escaped(task.name)}</code></h3>"
            + html_table(
                f"{len(lost)} of {len(task.scores)} lost points{hard}",
                ("students", "message", "for example"),
                rows,
            )
        )
    return "".join(parts) or nothing("Nobody lost a point.")


def _grouped(messages: Mapping[str, str]) -> list[tuple[str, int, list[str]]]:
    """Return the most frequent messages of students, how many have each, and some of them.

    Messages that differ in numbers only count as one.
    """
    groups: dict[str, list[str]] = {}
    for student, message in messages.items():
        pattern = re.sub(r"0x[0-9a-f]+|-?\d+(\.\d+)?(e[+-]?\d+)?", "#", message)
        groups.setdefault(pattern, []).append(student)
    found = []
    for group in sorted(groups.values(), key=lambda group: (-len(group), messages[group[0]])):
        texts = Counter(messages[student] for student in group)
        vary = " (the numbers vary)" if len(texts) > 1 else ""
        found.append((texts.most_common(1)[0][0] + vary, len(group), group[:EXAMPLES]))
    rest = found[MESSAGES:]
    if len(rest) > 1:
        others = [some[0] for _, _, some in rest][:EXAMPLES]
        number = sum(number for _, number, _ in rest)
        found = [*found[:MESSAGES], (f"{len(rest)} other messages", number, others)]
    return found


def _people(data: ClassData) -> str:
    rows = []
    for one in data.people.values():
        if _needs_person(data, one.student):
            reasons = one.doubts or ["no score in the gradebook"]
            rows.append((one.student, "–" if one.score is None else one.score, "; ".join(reasons)))
    if not rows:
        return nothing("Every submission has a score that needs no look.")
    return html_table("Look at these before the scores count", ("student", "score", "why"), rows)


def _flagged(data: ClassData) -> str:
    rows = [(one.student, "; ".join(one.flags)) for one in data.people.values() if one.flags]
    if not rows:
        return nothing("None was recorded.")
    intro = (
        "<p>The scores are sound: the tests ran where this code never runs. What was seen may have "
        "an innocent cause; ask before you judge.</p>"
    )
    return intro + html_table(
        "Submissions with signs of tampering", ("student", "what was seen"), rows
    )


def _shared(data: ClassData) -> str:
    rows = [(task.name, len(task.shared)) for task in data.tasks if task.shared]
    if not rows:
        return nothing("None was recorded.")
    intro = (
        "<p>These tests ask for the student's own process, which can change what they see: their "
        "scores are not tamper-proof.</p>"
    )
    return intro + html_table("Tests that are not tamper-proof", ("task", "submissions"), rows)


def _alike(groups: Sequence[Group]) -> str:
    intro = (
        "<p>Answers are compared without names, comments and layout. A group is listed when it "
        "agrees on more, or on something rarer, than the rest of this class does by chance; short "
        "answers and answers that many found do not count. Near-identical is not copied: people "
        "may have learnt together, or from the same page. Read the answers before you decide. The "
        "measure says how unexpected the agreement is: one more, and it is half as likely. By "
        "chance alone, a class shows such a group now and then.</p>"
    )
    if not groups:
        return intro + nothing("No group was found.")
    rows = []
    for group in groups:
        where = [
            f"{one.cell} ({'the same' if one.exact else 'a few tokens differ'}, {one.tokens} tokens"
            + (f"; {', '.join(one.students)}" if one.students != group.students else "")
            + ")"
            for one in group.agreements
        ]
        cells = {one.cell for one in group.agreements}
        share = f"{len(cells)} of {max(group.answered, len(cells))}"
        rows.append((", ".join(group.students), share, round(group.bits), "; ".join(where)))
    header = ("students", "tasks", "measure", "where")
    return intro + html_table("Near-identical answers, the most unusual first", header, rows)
