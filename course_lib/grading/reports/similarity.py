"""Near-identical answers, found without comparing everybody with everybody.

Two answers are compared in their normal form (`code_form`). That they agree says little where the
task leaves no choice: so an agreement is weighed by how surprising it is, given how the rest of the
class writes this task. The measure is bits of a small model of the class (which token follows
which two), made without the answers that are compared. It is a reason to look, and no proof.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from course_lib.grading.notebook.code_form import Form, form_of

SHINGLE = 6  # tokens in a row that are compared
ALIKE = 0.85  # share of these in common that makes two answers near-identical
FORMS = 12  # a run of tokens in more forms than this marks nobody
GROUP = 0.06  # a larger part of the class that agrees has found the usual answer
GROUP_AT_LEAST = 4
ENOUGH = 6.0  # a class in which nobody copied should show such a pair once in 2**6 times
STEP = 0.25  # bits: how finely chances are added up
ORDINARY = 60.0  # bits of text that honest answers of a small task share now and then
DISCOUNT = 4.0  # bits of text for one bit of evidence: one choice shows in several tokens
MOST = 4.0  # bits of one token: an odd name of one library function is not a signature


@dataclass(frozen=True)
class Agreement:
    """One task in which some students' answers are near-identical."""

    cell: str
    students: tuple[str, ...]
    tokens: int  # of the answer
    rare: float  # bits: how few pairs of this class agree on something as rare
    odd: float  # bits beyond that: how much of it the class's habits do not explain
    exact: bool  # the same form; otherwise a few tokens differ


@dataclass(frozen=True)
class Group:
    """Students whose answers agree more than the class's habits explain."""

    students: tuple[str, ...]
    agreements: tuple[Agreement, ...]
    answered: int  # tasks that all of them answered
    bits: float  # 2**-bits such pairs are to be expected by chance; of the pair that agrees most

    @property
    def share(self) -> float:
        """The part of the tasks in which at least two of them agree."""
        cells = {one.cell for one in self.agreements}
        return len(cells) / max(self.answered, len(cells), 1)


def near_identical(
    answers: Mapping[str, Mapping[str, str]],
    given: Mapping[str, str] | None = None,
    known: Mapping[str, Sequence[str]] | None = None,
) -> list[Group]:
    """Return groups of students with near-identical answers, the most surprising first.

    answers: cell → student → source; given: cell → what was handed out; known: cell → answers that
    everybody could have seen or would think of, such as the instructor's own.
    """
    given, known = given or {}, known or {}
    agreements: list[Agreement] = []
    chances: list[dict[int, float]] = []
    answered: dict[str, set[str]] = defaultdict(set)
    for cell, sources in answers.items():
        forms = {student: form_of(source) for student, source in sources.items()}
        blank = form_of(given.get(cell, ""))
        forms = {student: form for student, form in forms.items() if form not in (blank, ())}
        for student in forms:
            answered[student].add(cell)
        common = [blank, *(form_of(text) for text in known.get(cell, ()))]
        found = list(_in_cell(cell, forms, common))
        agreements += found
        chances.append(_chances(found, len(forms)))
    return _groups(agreements, answered, _Luck(chances, len(answered)))


def _in_cell(cell: str, forms: Mapping[str, Form], common: list[Form]) -> Iterator[Agreement]:
    """Yield the agreements in one task that are rarer than those of most other pairs."""
    writers: dict[Form, list[str]] = defaultdict(list)
    for student in sorted(forms):
        writers[forms[student]].append(student)
    clusters = list(_clusters(list(writers)))
    sizes = [sum(len(writers[form]) for form in kin) for kin in clusters]
    pairs = math.comb(len(forms), 2)
    limit = max(GROUP_AT_LEAST, round(GROUP * len(forms)))
    model = _Habits([*forms.values(), *common])
    for kin, size in zip(clusters, sizes, strict=True):
        if not 2 <= size <= limit or set(kin) & set(common):
            continue
        # of all pairs of students, so many agree on something that is at least as rare
        as_rare = sum(math.comb(other, 2) for other in sizes if other <= size)
        odd = model.surprise(kin, [form for form in kin for _ in writers[form]])
        students = tuple(sorted(student for form in kin for student in writers[form]))
        rare, odd = math.log2(pairs / as_rare), max(0.0, odd - ORDINARY) / DISCOUNT
        yield Agreement(cell, students, min(map(len, kin)), rare, odd, len(kin) == 1)


def _shingles(form: Form) -> set[int]:
    if len(form) <= SHINGLE:
        return {hash(form)}
    return {hash(form[at : at + SHINGLE]) for at in range(len(form) - SHINGLE + 1)}


def _clusters(forms: list[Form]) -> Iterator[list[Form]]:
    """Yield forms that differ in a few tokens, found through the runs that few of them share."""
    shingles = [_shingles(form) for form in forms]
    where: dict[int, list[int]] = defaultdict(list)
    for number, own in enumerate(shingles):
        for shingle in own:
            where[shingle].append(number)
    meetings: Counter[tuple[int, int]] = Counter()
    for numbers in where.values():
        if 2 <= len(numbers) <= FORMS:
            meetings.update(combinations(numbers, 2))
    kin = _Union(len(forms))
    for a, b in meetings:
        shared = len(shingles[a] & shingles[b])
        if shared >= ALIKE * max(len(shingles[a]), len(shingles[b])):
            kin.join(a, b)
    for numbers in kin.parts():
        yield [forms[number] for number in numbers]


class _Union:
    """Which numbers belong together."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))

    def root(self, number: int) -> int:
        while self.parent[number] != number:
            self.parent[number] = self.parent[self.parent[number]]
            number = self.parent[number]
        return number

    def join(self, a: int, b: int) -> None:
        self.parent[self.root(a)] = self.root(b)

    def parts(self) -> list[list[int]]:
        found = defaultdict(list)
        for number in range(len(self.parent)):
            found[self.root(number)].append(number)
        return list(found.values())


class _Habits:
    """How the class writes a task: which token follows which two, and how often."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self.counts = _counted(forms)
        self.words = len({token for form in forms for token in form}) + 1

    def surprise(self, kin: Sequence[Form], without: Sequence[Form]) -> float:
        """Return the bits of what all of `kin` share, for a class that never saw `without`."""
        own = _counted(without)
        shared = set.intersection(*(set(_grams(form)) for form in kin))
        shortest = min(kin, key=len)
        return sum(
            min(MOST, -math.log2(self._chance(gram, own)))
            for gram in _grams(shortest)
            if gram in shared
        )

    def _chance(self, gram: tuple[str, ...], own: Counter[tuple[str, ...]]) -> float:
        """Return the chance of the last of three tokens, mixed from longer and shorter contexts."""
        chance = 1.0 / self.words
        for length in (1, 2, 3):
            context, seen = gram[3 - length : 2], gram[3 - length :]
            total = self.counts[("in", *context)] - own[("in", *context)]
            times = self.counts[seen] - own[seen]
            chance = (times + chance) / (total + 1.0)
        return chance


def _grams(form: Form) -> Iterator[tuple[str, ...]]:
    padded = ("", "", *form)
    return zip(padded, padded[1:], padded[2:], strict=False)


def _counted(forms: Sequence[Form]) -> Counter[tuple[str, ...]]:
    """Return how often each run of one to three tokens occurs, and each context before a token."""
    counts: Counter[tuple[str, ...]] = Counter()
    for form, times in Counter(forms).items():
        for a, b, c in _grams(form):
            for key in ((c,), (b, c), (a, b, c), ("in",), ("in", b), ("in", a, b)):
                counts[key] += times
    return counts


def _chances(found: Sequence[Agreement], students: int) -> dict[int, float]:
    """Return the chance of a pair to agree in one task, by steps of rarity."""
    chances: dict[int, float] = defaultdict(float)
    for one in found:
        own = math.comb(len(one.students), 2) / max(math.comb(students, 2), 1)
        chances[math.ceil(one.rare / STEP)] += own
    return chances


class _Luck:
    """How often two students agree that much over all tasks, if each task is on its own."""

    def __init__(self, chances: Sequence[Mapping[int, float]], students: int) -> None:
        self.pairs = max(math.comb(students, 2), 1)
        steps = [1.0]
        for own in chances:
            longer = [0.0] * (len(steps) + max(own, default=0))
            for at, chance in enumerate(steps):
                longer[at] += chance * (1.0 - sum(own.values()))
                for step, more in own.items():
                    longer[at + step] += chance * more
            steps = longer
        for at in range(len(steps) - 1, 0, -1):
            steps[at - 1] += steps[at]
        self.at_least = steps

    def against(self, rare: float, odd: float) -> float:
        """Return the bits that speak against chance: 2**-bits such pairs are expected."""
        at = min(int(rare / STEP), len(self.at_least) - 1)
        return odd - math.log2(max(self.pairs * self.at_least[at], 1e-30))


def _groups(
    agreements: list[Agreement], answered: Mapping[str, set[str]], luck: _Luck
) -> list[Group]:
    """Return the students of pairs that agree too often, or in too unusual a way."""
    rare: dict[tuple[str, str], float] = defaultdict(float)
    odd: dict[tuple[str, str], float] = defaultdict(float)
    for one in agreements:
        for pair in combinations(one.students, 2):
            rare[pair] += one.rare
            odd[pair] += one.odd
    bits = {pair: luck.against(rare[pair], odd[pair]) for pair in rare}
    flagged = {pair: own for pair, own in bits.items() if own >= ENOUGH}
    names = sorted({student for pair in flagged for student in pair})
    number = {name: at for at, name in enumerate(names)}
    kin = _Union(len(names))
    for a, b in flagged:
        kin.join(number[a], number[b])
    groups = []
    for part in kin.parts():
        members = {names[at] for at in part}
        own = tuple(
            replace(one, students=together)
            for one in agreements
            if len(together := tuple(s for s in one.students if s in members)) > 1
        )
        tasks = set.intersection(*(answered[name] for name in members))
        most = max(bits for pair, bits in flagged.items() if members.issuperset(pair))
        groups.append(Group(tuple(sorted(members)), own, len(tasks), most))
    return sorted(groups, key=lambda group: (-group.bits, group.students))
