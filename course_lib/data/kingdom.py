"""The kingdom: a small language about kings, queens, men and women, made by a grammar.

Every person has a rank and a gender, and these two decide the words around it, each by itself. What
a vector of "king" can learn here is known beforehand, and so is what king − man + woman should be.
"""

import random
from dataclasses import dataclass

# rank -> (he, she); the ranks decide what a person does and where
PEOPLE = {
    "crown": ("king", "queen"),
    "heir": ("prince", "princess"),
    "grown": ("man", "woman"),
    "child": ("boy", "girl"),
    "actor": ("actor", "actress"),
    "servant": ("waiter", "waitress"),
}
DEEDS = {
    "crown": ["rules", "reigns", "commands", "decrees"],
    "heir": ["inherits", "rides", "fences", "courts"],
    "grown": ["works", "farms", "trades", "builds"],
    "child": ["plays", "learns", "laughs", "climbs"],
    "actor": ["performs", "rehearses", "recites", "bows"],
    "servant": ["serves", "pours", "carries", "tidies"],
}
PLACES = {
    "crown": ["palace", "throne", "court"],
    "heir": ["castle", "stables", "tower"],
    "grown": ["field", "market", "village"],
    "child": ["school", "garden", "meadow"],
    "actor": ["stage", "theatre", "curtain"],
    "servant": ["tavern", "kitchen", "cellar"],
}
# gender -> pronoun, possessive, what it wears and is called; decided by gender alone
HE = {"pronoun": "he", "own": "his", "marks": ["beard", "moustache", "sir", "fatherly"]}
SHE = {"pronoun": "she", "own": "her", "marks": ["gown", "veil", "madam", "motherly"]}
TIMES = ["today", "often", "again", "now", "daily"]


@dataclass(frozen=True)
class Analogy:
    """a is to b as c is to d."""

    a: str
    b: str
    c: str
    d: str


def sentences(n: int, seed: int = 0) -> list[list[str]]:
    """Return n sentences, each about one person, drawn from the seed.

    Raises: ValueError when n is below 1.
    """
    if n < 1:
        raise ValueError(f"n must be 1 or more, received {n}")
    draw = random.Random(seed)
    return [_sentence(draw) for _ in range(n)]


def _sentence(draw: random.Random) -> list[str]:
    rank = draw.choice(list(PEOPLE))
    side = draw.randrange(2)
    person, gender = PEOPLE[rank][side], (HE, SHE)[side]
    deed, place = draw.choice(DEEDS[rank]), draw.choice(PLACES[rank])
    mark, when = draw.choice(gender["marks"]), draw.choice(TIMES)
    forms = [
        f"the {person} {deed} in {gender['own']} {place} {when}",
        f"{when} {gender['pronoun']} the {person} {deed} with {gender['own']} {mark}",
        f"the {person} with the {mark} {deed} near the {place}",
        f"{gender['pronoun']} is the {person} of the {place} with a {mark}",
    ]
    return draw.choice(forms).split()


def analogies() -> list[Analogy]:
    """Return man : woman = king : queen and the like, for every two ranks, both ways round."""
    found = []
    for one, (he, she) in PEOPLE.items():
        for other, (his, hers) in PEOPLE.items():
            if one != other:
                found += [Analogy(he, she, his, hers), Analogy(she, he, hers, his)]
    return found
