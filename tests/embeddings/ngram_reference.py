"""Kneser-Ney straight from the formulas, with dicts of tuples: slow, short, and the judge."""

from collections import Counter, defaultdict

BEGIN, END = "<s>", "</s>"


class Reference:
    """Interpolated Kneser-Ney as Chen & Goodman 1998 write it, word by word."""

    def __init__(self, sentences, order, modified, discounts=None, vocabulary=None):
        marked = [[BEGIN, *sentence, END] for sentence in sentences]
        self.order = order
        words = {word for sentence in sentences for word in sentence}
        self.vocabulary = {*(vocabulary or words), END}
        raw = Counter()
        for sentence in marked:
            for i in range(len(sentence)):
                for n in range(1, order + 1):
                    if i + n <= len(sentence):
                        raw[tuple(sentence[i : i + n])] += 1
        in_front = defaultdict(set)
        for ngram in raw:
            if len(ngram) > 1:
                in_front[ngram[1:]].add(ngram[0])
        self.counts = {
            ngram: raw[ngram] if len(ngram) == order or ngram[0] == BEGIN else len(in_front[ngram])
            for ngram in raw
            if ngram != (BEGIN,)
        }
        self.discounts = {}
        for n in range(1, order + 1):
            of = Counter(count for ngram, count in self.counts.items() if len(ngram) == n)
            n1, n2, n3, n4 = of[1], of[2], of[3], of[4]
            found = None
            if n1 and n2:
                y = n1 / (n1 + 2 * n2)
                if not modified:
                    found = (y, y, y)
                elif n3 and n4:
                    found = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
                    if not all(0 < d < k for k, d in zip((1, 2, 3), found, strict=True)):
                        found = None
            if discounts is not None:
                found = (discounts[n - 1],) * 3
            self.discounts[n] = found or ((0.5, 1.0, 1.5) if modified else (0.5,) * 3)

    def discount(self, n, count):
        return self.discounts[n][min(count, 3) - 1]

    def prob(self, word, context):
        """p(w | h) for a context of any length; the last order − 1 words are read."""
        context = tuple(context)[-(self.order - 1) :] if self.order > 1 else ()
        follow = {
            ngram[-1]: count
            for ngram, count in self.counts.items()
            if len(ngram) == len(context) + 1 and ngram[:-1] == context
        }
        lower = self.prob(word, context[1:]) if context else 1 / len(self.vocabulary)
        if not follow:
            return lower
        n, total = len(context) + 1, sum(follow.values())
        kept = follow[word] - self.discount(n, follow[word]) if word in follow else 0
        gamma = sum(self.discount(n, count) for count in follow.values()) / total
        return kept / total + gamma * lower
