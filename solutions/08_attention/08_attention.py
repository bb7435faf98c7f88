# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exercise 8: Attention
#
# Attention replaces each vector by an average of vectors, and works the shares of the average out anew for each sentence.
# In this exercise you begin with an average that has nothing to learn.
# Then you tell queries, keys and values apart, hide what may not be seen, and let several heads look at once.
# At the end you set the weights of one head by hand: for each word it has to find the place where the same word stood before, and you can see in a picture whether it does.
#
# Read [chapter 8](../../book/08_attention.md) first.
# There are six tasks, 17 points, and about 70 minutes of work.
#
# **How it goes.** A cell with `raise NotImplementedError` is yours: put your code in that line's place.
# The cell below it checks your answer at once and says what it saw.
# When you hand in, the same cell runs further tests, on other sizes and other numbers.
# Before you hand in, restart the kernel and run all cells.
#
# The axes have the book's letters: B sentences in a batch, T queries, S keys, D numbers a vector, H heads, K numbers a head.

# %%
# COURSE-SETUP

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import math

import torch
from torch.nn import functional as F

from course_lib.grading.helpers import gradients

torch.set_num_threads(1)  # enough for these sizes

# %% [markdown]
# ## Task 1: An average with shares that are worked out (8 minutes, 2 points)
#
# The lecture begins with attention that has no weights to learn.
# A vector compares itself with all vectors of its sentence, itself among them, by the dot product.
# A softmax makes shares of these scores, and the result is the average with these shares.
#
# What lies below is learned, so a gradient has to reach x, by the shares as well as by the vectors that are averaged: stay in tensors.

# %% nbgrader={"grade": false, "grade_id": "weighted_sum", "locked": false, "schema_version": 3, "solution": true, "task": false}
def weighted_sum(x: torch.Tensor) -> torch.Tensor:
    """Replace each vector by an average of all of them.

    y_i = Σ_j w_ij x_j,   w_ij = exp(x_i · x_j) / Σ_k exp(x_i · x_k)
    Shapes: x (T, D); returns a new tensor (T, D).
    """
    ### BEGIN SOLUTION
    scores = x @ x.T  # (T, T)
    return torch.softmax(scores, dim=-1) @ x
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_weighted_sum", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
import math

import torch

a, b = math.sqrt(math.log(4)), math.log(2) / math.sqrt(math.log(4))
x = torch.tensor([[a, 0, 0], [b, math.sqrt(math.log(6) - b * b), 0]])  # scores ln 4, ln 2; ln 2, ln 6
before = x.clone()
got = weighted_sum(x)
assert torch.equal(x, before), "x was changed; the shares and the average both need it. Make a new tensor."
assert got.shape != (2, 2), "These are the shares, a row for each vector; the average of the vectors is due."
assert got.shape == (2, 3), f"Expected the shape (2, 3), got {tuple(got.shape)}."
assert got.dtype == x.dtype, f"The result became {got.dtype}; what comes next expects float32, as x is."
shares = got[:, :2] @ before[:, :2].inverse()  # how much of each vector is in the result


def are(*rows):
    return torch.allclose(shares, torch.tensor(rows).to(shares.dtype), atol=2e-3)


assert not are([1.3863, 0.6931], [0.6931, 1.7918]), "The scores were used as shares; a softmax comes first."
assert not are([2 / 3, 1 / 3], [0.2789, 0.7211]), (
    "The scores were divided by their sum; that makes no shares where a score is negative. Use a softmax."
)
assert not are([0.8, 2 / 3], [2 / 3, 6 / 7]), (
    "Each score went through a sigmoid by itself, and the shares of a vector do not sum to 1."
)
assert not are([2 / 3, 1 / 4], [1 / 3, 3 / 4]), (
    "The shares sum to 1 in each column: the softmax ran over i. It runs over j, the vectors that are averaged."
)
assert not are([2 / 7, 1 / 7], [1 / 7, 3 / 7]), (
    "All shares together sum to 1; each vector has a softmax of its own."
)
assert not are([1, 0], [0, 1]), (
    "Only the vector with the highest score was taken; all take part, each with its share."
)
assert not are([0, 1], [1, 0]), "A vector was left out of its own average; it takes part, as all do."
assert not are([1 / 3, 2 / 3], [3 / 4, 1 / 4]), "The lowest score got the largest share; it is the other way round."
assert not are([5 / 3, 1 / 3], [1 / 4, 7 / 4]), (
    "The vector was added to its average; it is replaced by the average."
)
assert not are([0.5987, 0.4013], [0.3465, 0.6535]), (
    "The scores were divided by √3, the root of D; here the dot products are used as they are."
)
assert not are([0.6365, 0.3635], [0.3635, 0.6365]), (
    "Both vectors were brought to length 1: that is the cosine, and the dot product knows lengths."
)
assert not are([0.7923, 0.2077], [0.2077, 0.7923]), (
    "The shares follow the distance of the ends; the score is the dot product."
)
assert are([2 / 3, 1 / 3], [1 / 4, 3 / 4]), (
    f"The shares are 2/3, 1/3 and 1/4, 3/4; got {[[round(s, 3) for s in row] for row in shares.tolist()]}."
)
got = weighted_sum(torch.tensor([[1.0], [-1.0]]))[0].item()
assert abs(got) > 1e-4, "−1 got as large a share as 1: the sign of its score was lost."
assert abs(got - 0.7616) < 1e-3, f"Of 1 and −1 the first becomes (e − 1/e) / (e + 1/e) = 0.7616, got {got}."
long = torch.tensor([[20.0, 0.0], [0.0, 10.0]])
got = weighted_sum(long.clone())
assert not got.isnan().any(), "Scores of 400 and 100 gave no number: exp overflows; use torch.softmax."
assert torch.allclose(got, long, atol=1e-3), f"Vectors as long as these keep to themselves, got {got.tolist()}."
try:
    (got,) = gradients(weighted_sum, torch.tensor([[1.0], [-1.0]]), upstream=torch.tensor([[1.0], [0.0]]))
except TypeError:
    raise AssertionError("No gradient leaves the average, and nothing below it can learn; no_grad, numpy and tolist cut it off.") from None
got = [round(g, 3) for g in got.flatten().tolist()]
assert got != [0.881, 0.119], (
    "The shares are cut out of the gradient (detach, .data): x learns what is averaged, and not who looks at whom."
)
assert got == [1.511, -0.091], f"The gradient at 1 and −1 is 1.511 and −0.091, got {got}."
print("the shares:", [[round(s, 3) for s in row] for row in shares.tolist()])
### BEGIN HIDDEN TESTS
torch.manual_seed(20260403)
for n, d in ((1, 1), (3, 7), (13, 5), (2, 11)):
    x = torch.randn(n, d)
    exact = x.double()
    powers = torch.einsum("id,jd->ij", exact, exact).exp()
    expected = torch.einsum("ij,jd->id", powers / powers.sum(1)[:, None], exact).float()
    torch.testing.assert_close(
        weighted_sum(x), expected, rtol=1e-4, atol=1e-5, msg=f"Wrong numbers with T={n}, D={d}."
    )
### END HIDDEN TESTS

# %%
# The library's own version: course_lib.layers.attention
from course_lib.layers import attention

x = torch.randn(5, 3)
print("the same numbers:", torch.allclose(weighted_sum(x), attention.weighted_sum(x), atol=1e-6))

# %% [markdown]
# ## Task 2: Queries and keys (9 minutes, 3 points)
#
# In Task 1 one vector played every part.
# From here on a place asks with its *query*, and the places that it looks at answer with their *keys*.
# There may be another number of keys than of queries.
#
# The dot product of two vectors of K random numbers is about √K in size.
# A softmax of large scores is nearly 0 or 1 everywhere, and then little gradient is left.
# Therefore the scores are divided by √K *before* the softmax.
#
# In front of the last two axes there may be others, one for the sentences of a batch, say, or none.
# Each of these tables is worked out by itself.

# %% nbgrader={"grade": false, "grade_id": "attention_weights", "locked": false, "schema_version": 3, "solution": true, "task": false}
def attention_weights(query: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
    """Return how much each query looks at each key: softmax over s of query_t · key_s / √K.

    Shapes: query (..., T, K), key (..., S, K), with the same leading axes, or with none;
    returns (..., T, S), of the same dtype as query.
    """
    ### BEGIN SOLUTION
    scores = query @ key.mT / math.sqrt(query.shape[-1])  # (..., T, S)
    return torch.softmax(scores, dim=-1)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_attention_weights", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import math

import torch

odds = torch.tensor([[0.5, 1.0, 1.5], [4.0, 1.0, 1.0]])  # of three keys, for each of two queries
query = 2 * torch.eye(4)[:2]
key = torch.cat([odds.log().T, torch.zeros(3, 2)], dim=1)  # scores 2 ln of the odds, and √K is 2
before = query.clone(), key.clone()
try:
    got = attention_weights(query, key)
except RuntimeError as error:
    assert "3D" not in str(error), (
        "torch.bmm wants one leading axis, no more and no less, and here is none; @ takes any number."
    )
    raise
assert torch.equal(query, before[0]) and torch.equal(key, before[1]), (
    "The queries or the keys were changed (/=, mul_); divide in a new tensor."
)
assert got.shape != (3, 2), "There is a row for each key; a row for each query is due, (T, S)."
assert got.shape == (2, 3), f"Expected the shape (2, 3), got {tuple(got.shape)}."


def are(*rows):
    return torch.allclose(got, torch.tensor(rows).to(got.dtype), atol=2e-3)


assert not are([-0.6931, 0, 0.4055], [1.3863, 0, 0]), "These are the scores; a softmax makes weights of them."
assert not are([0.0714, 0.2857, 0.6429], [0.8889, 0.0556, 0.0556]), (
    "The scores were not divided: two vectors of K numbers have scores that are √K times too large."
)
assert not are([0.2412, 0.3411, 0.4177], [0.5, 0.25, 0.25]), (
    "The scores were divided by 4, which is K; divide by its root."
)
assert not are([0.0102, 0.1633, 0.8265], [0.9922, 0.0039, 0.0039]), (
    "The scores were multiplied by √K, and the softmax got sharper still; divide."
)
assert not are([0.1474, 0.3283, 0.5243], [0.7125, 0.1437, 0.1437]), (
    "The scores were divided by √3, the root of the number of keys; the numbers in a key count, K."
)
assert not are([0.0357, 0.1429, 0.3214], [0.4444, 0.0278, 0.0278]), (
    "The weights were divided after the softmax, and a row sums to 1/2; divide the scores."
)
assert not are([1 / 9, 0.5, 0.6], [8 / 9, 0.5, 0.4]), (
    "The weights of a key sum to 1 over the queries; those of a query sum to 1 over the keys."
)
assert not are([1 / 18, 1 / 9, 1 / 6], [4 / 9, 1 / 9, 1 / 9]), (
    "The whole table sums to 1, and each of its rows should."
)
assert not are([0.4444, 0.2222, 0.3333], [2 / 3, 1 / 6, 1 / 6]), (
    "A key with a negative score was looked at most: the score lost its sign."
)
assert not are([0.5455, 0.2727, 0.1818], [0.1111, 0.4444, 0.4444]), (
    "The key that fits least is looked at most: the scores were turned around."
)
assert not are([0.1467, 0.2295, 0.6238], [0.5501, 0.2249, 0.2249]), (
    "Queries and keys were brought to length 1; a long query asks more sharply, and must be able to."
)
assert are([1 / 6, 1 / 3, 1 / 2], [2 / 3, 1 / 6, 1 / 6]), (
    f"The weights are 1/6, 1/3, 1/2 and 2/3, 1/6, 1/6; got {got.tolist()}."
)
assert attention_weights(query.double(), key.double()).dtype == torch.float64, (
    "float64 went in and another type came out; keep the type of the queries."
)
try:
    got = attention_weights(torch.stack([query, 0 * query]), torch.stack([key, key]))
except RuntimeError:
    raise AssertionError("Two tables at once failed: .T turns all axes around, and einsum wants a letter for each; count axes from the end.") from None
assert got.shape != (2, 3), "Two tables went in and one came out: the batch was summed up."
assert got.shape == (2, 2, 3), f"Expected the shape (2, 2, 3), got {tuple(got.shape)}."
first, got = got, got[0]
assert not are([1 / 9, 0.5, 0.6], [8 / 9, 0.5, 0.4]), (
    "With a leading axis the softmax ran over the queries: axis 1 is not the last any more. Say −1."
)
assert not are([0.1191, 0.3175, 0.5634], [0.7804, 0.1098, 0.1098]), (
    "With a leading axis the scores were divided by the root of 2, the number of queries: K is shape[−1]."
)
assert are([1 / 6, 1 / 3, 1 / 2], [2 / 3, 1 / 6, 1 / 6]), f"The first of two tables is wrong: {got.tolist()}."
got = first[1]
assert are([1 / 3] * 3, [1 / 3] * 3), f"Queries of zeros look at all keys alike, got {got.tolist()}."
five = torch.tensor([[0.0] * 5, [math.log(2), 0, 0, 0, 0]])
got = attention_weights(math.sqrt(5) * torch.eye(5)[:1], five)
assert not are([0.3154, 0.6846]), "The root of 5 was cut to 2; it is no whole number."
assert are([1 / 3, 2 / 3]), f"With K = 5 and scores of 0 and √5 · ln 2 the weights are 1/3 and 2/3, got {got.tolist()}."
got = attention_weights(1000 * query, key)
assert not got.isnan().any(), "Scores of 1386 gave no number: exp overflows, and torch.softmax does not."
assert are([0, 0, 1], [1, 0, 0]), f"A query a thousand times as long decides for one key, got {got.tolist()}."
chosen = torch.tensor([[1.0, 0, 0], [0, 0, 0]])
try:
    to_query, to_key = gradients(attention_weights, query, key, upstream=chosen)
except TypeError:
    raise AssertionError("No gradient leaves the weights, and attention cannot learn where to look; no_grad, numpy and tolist cut it off.") from None
assert to_query is not None and to_key is not None, (
    "Queries and keys are both learned, and one of them gets no gradient (detach, .data)."
)
assert not torch.allclose(to_key[:, 0], torch.tensor([1 / 6, 0, 0]), atol=1e-4), (
    "The gradient misses a part of the softmax: the sum below the fraction depends on all keys."
)
due = torch.tensor([[-0.0650, 0.0963, 0, 0], [0, 0, 0, 0]]), torch.tensor([5 / 36, -1 / 18, -1 / 12])
assert torch.allclose(to_query, due[0], atol=1e-3), f"The gradient at the queries is wrong: {to_query.tolist()}."
assert torch.allclose(to_key[:, 0], due[1], atol=1e-3), f"The gradient at the keys is wrong: {to_key.tolist()}."
print("two queries, three keys:", [[round(w, 3) for w in row] for row in attention_weights(query, key).tolist()])
### BEGIN HIDDEN TESTS
def reference_weights(q, k):
    """The same by another road."""
    s = torch.einsum("...tk,...sk->...ts", q, k) * q.shape[-1] ** -0.5
    return (s - s.logsumexp(-1, keepdim=True)).exp()


torch.manual_seed(20260407)
for lead in ((), (2,), (3, 2), (2, 1, 3)):
    for t, s, d in ((1, 1, 1), (5, 7, 3), (7, 2, 13), (3, 3, 11)):
        q, k = torch.randn(*lead, t, d), torch.randn(*lead, s, d)
        due = reference_weights(q.double(), k.double()).float()
        where = f"with leading axes {lead}, T={t}, S={s}, K={d}"
        close = {"rtol": 1e-4, "atol": 1e-5}
        torch.testing.assert_close(attention_weights(q, k), due, msg=f"Wrong {where}.", **close)
        up = torch.randn(*lead, t, s)
        ours = gradients(attention_weights, q, k, upstream=up)
        theirs = gradients(reference_weights, q, k, upstream=up)
        for own, expected in zip(ours, theirs):
            assert own is not None, f"No gradient {where}."
            torch.testing.assert_close(own, expected, msg=f"The gradient is wrong {where}.", rtol=1e-3, atol=1e-5)
### END HIDDEN TESTS

# %% [markdown]
# The lecture's sentence: *the cat is yawning*.
# Here are four vectors of two numbers, made by hand, as queries and as keys.
# **Predict, then run:** who looks at whom?

# %%
words = ["the", "cat", "is", "yawning"]
vectors = torch.tensor([[0.2, 2.0], [3.2, 0.6], [0.2, 1.8], [2.8, 0.4]])
for word, row in zip(words, attention_weights(vectors, vectors).tolist()):
    shown = "  ".join(f"{other} {weight:.2f}" for other, weight in zip(words, row))
    print(f"{word:8} looks at   {shown}")

# %% [markdown]
# *cat* and *yawning* point the same way, and look at each other and at themselves.
#
# ## Task 3: What may not be seen (13 minutes, 3 points)
#
# With the weights the *values* are averaged, which may be vectors of any width.
# And some keys may not be looked at: the filling behind a short sentence, or the words that are to be guessed.
# A mask says so: it is bool, and **True means "may attend"**.
# (`nn.MultiheadAttention` has it the other way round, and calls a hidden key True.)
#
# What is hidden must not count at all, however well it fits: the weights sum to 1 over the keys that are left.
# One case is left open by the formula: a query that may attend to nothing.
# Here it gets zeros, and passes zeros on in the gradient.
#
# **Predict before you write:** what is the softmax of a row that holds −∞ and nothing else?

# %% nbgrader={"grade": false, "grade_id": "masked_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
def masked_attention(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, may_attend: torch.Tensor
) -> torch.Tensor:
    """Return Σ_s w_ts value_s, w_t = softmax of query_t · key_s / √K over those s that t may attend to.

    A query that may attend to nothing gives zeros, and its gradient is 0, not NaN.
    Shapes: query (..., T, K), key (..., S, K), value (..., S, Z); returns (..., T, Z).
    may_attend: bool, of a shape that broadcasts to (..., T, S), such as (T, S), (1, S), (B, 1, 1, S).
    """
    ### BEGIN SOLUTION
    scores = query @ key.mT / math.sqrt(query.shape[-1])  # (..., T, S)
    hidden = ~may_attend
    # the lowest number instead of −∞: a row without keys is then a mean, which the second fill takes away
    weights = scores.masked_fill(hidden, torch.finfo(scores.dtype).min).softmax(dim=-1)
    return weights.masked_fill(hidden, 0.0) @ value
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_masked_attention", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import torch

odds = torch.tensor([[0.5, 1.0, 1.5], [4.0, 1.0, 1.0], [1.0, 2.0, 5.0]])  # a row for each query
plain = odds / odds.sum(dim=1, keepdim=True)  # the weights, if nothing were hidden
query = 2 * torch.eye(4)[:3]
key = torch.cat([odds.log().T, torch.zeros(3, 1)], dim=1)
value = torch.eye(3, 5)  # so that the result shows the weights
causal = torch.ones(3, 3, dtype=torch.bool).tril()  # each may look at itself and back
padded = torch.tensor([[True, True, False]])  # nobody may look at the third


def table(mask, key=key):
    """Return the weights that come out for the three queries."""
    return masked_attention(query, key, value, mask)[..., :3]


def near(got, due):
    return torch.allclose(got, torch.as_tensor(due).to(got.dtype), atol=2e-3)


before = causal.clone()
whole = masked_attention(query, key, value, causal)
assert torch.equal(causal, before), "The mask was changed; the next layer needs it as it was."
assert whole.shape == (3, 5), f"Expected the shape (3, 5), got {tuple(whole.shape)}."
back = whole[:, :3]
assert not back[2].isnan().any(), (
    "The last query may attend to all keys and became NaN: 0 times −∞ is no number. Choose by the mask, do not multiply."
)
try:
    front = table(padded)
except IndexError:
    raise AssertionError("A mask of one row failed: an index wants the table's full shape. masked_fill and where broadcast.") from None
assert not near(back, plain) or not near(front, plain), "The mask has no effect: hidden keys were looked at."
assert not near(back, plain) or front[2].any(), (
    "The third query was silenced, and others look at the third key: the mask hides keys, not queries."
)
assert not near(back[1], [0, 0.5, 0.5]), (
    "The second query looks forward and not back: rows of the mask are queries, columns are keys."
)
assert not near(back[1], [0, 0, 1]), "Only what is hidden was looked at; True means may attend."
assert not near(back[0], [1 / 6, 0, 0]), (
    "The mask came after the softmax, and the weights of the first query sum to 1/6; mask the scores."
)
assert not near(back[0], [0.3522, 0.2591, 0.3887]), (
    "The mask was added as 0 and 1: one more for allowed keys hides nothing."
)
assert not near(back[0], [0.2, 0.4, 0.4]), (
    "Hidden keys got the score 0, and exp(0) is 1; their weight must be 0."
)
assert not near(back[1], [16 / 17, 1 / 17, 0]), "The scores were not divided by √K before they were masked."
assert near(back, [[1, 0, 0], [0.8, 0.2, 0], [1 / 8, 2 / 8, 5 / 8]]), (
    f"Looking back gives 1; 4/5, 1/5; 1/8, 2/8, 5/8, got {back.tolist()}."
)
assert near(front, [[1 / 3, 2 / 3, 0], [0.8, 0.2, 0], [1 / 3, 2 / 3, 0]]), (
    f"Without the third key 1/3, 2/3; 4/5, 1/5; 1/3, 2/3 are due, got {front.tolist()}."
)
loud = key.clone()
loud[2] = 300.0  # hidden, and fits better than all others
got = table(padded, loud)
assert not near(got[0], [0, 0, 1]), (
    "A hidden key fits very well, and was looked at: its score was lowered, and not by enough."
)
assert not got.isnan().any() and (got[0].any() or got[1].any()), (
    "A hidden key took the whole softmax, and nothing was left to share out again; hide before the softmax."
)
assert near(got, [[1 / 3, 2 / 3, 0], [0.8, 0.2, 0], [1 / 3, 2 / 3, 0]]), (
    f"A hidden key must not count, however well it fits; got {got.tolist()}."
)
holes = torch.tensor([[True, True, False], [False, False, False], [True, True, True]])
got = table(holes)
assert not got[1].isnan().any(), "A query without keys gave NaN: all its scores are −∞. It gets zeros."
assert not near(got[1], [1 / 3, 1 / 3, 1 / 3]), (
    "A query without keys got the mean of all values, since all its scores are alike; it gets zeros."
)
assert not torch.allclose(got[1], plain[1], atol=1e-2), (
    "A query without keys looked at all keys as if none were hidden: its scores were all lowered alike."
)
assert not near(got[1], [0, 1, 0]), "A query without keys looked at its own place; it gets zeros."
assert not got[1].any(), f"A query that may attend to nothing gives zeros, got {got[1].tolist()}."
assert near(got[0], [1 / 3, 2 / 3, 0]) and near(got[2], plain[2]), (
    f"Beside a query without keys the others must stay as they are, got {got.tolist()}."
)
many = [z.double() for z in (query, key, value)]
assert masked_attention(*many, holes).dtype == torch.float64, (
    "The numbers lost half their digits: float64 went in, and the result has another type."
)
arriving = torch.zeros(3, 5)
arriving[0, 0], arriving[1] = 1.0, 1.0
try:
    got = gradients(masked_attention, query, key, value, holes, upstream=arriving)[:3]
except TypeError:
    raise AssertionError("No gradient leaves masked attention, and nothing before it is trained; no_grad, numpy and tolist cut it off.") from None
assert got[0] is not None and got[1] is not None, (
    "The weights are cut out of the gradient (detach, .data): only the values learn."
)
assert got[2] is not None, "No gradient reaches the values."
assert all(g.isfinite().all() for g in got), (
    "The result is right and its gradient NaN: nan_to_num mends what comes out, not the way back. Let no row hold −∞ alone."
)
assert near(got[0], [[-0.0770, 0.1540, -0.0770, 0], [0, 0, 0, 0], [0, 0, 0, 0]]), (
    f"The gradient at the queries is wrong; that of a query without keys is 0. Got {got[0].tolist()}."
)
assert near(got[2][:, 0], [1 / 3, 2 / 3, 0]), f"The gradient at the values is wrong: {got[2].tolist()}."
print("looking back:", [[round(w, 3) for w in row] for row in table(causal).tolist()])
### BEGIN HIDDEN TESTS
def reference_masked(q, k, v, mask):
    """The same by another road: powers that are 0 where nothing may be seen."""
    s = torch.einsum("...tk,...sk->...ts", q, k) * q.shape[-1] ** -0.5
    powers = torch.where(mask, s.exp(), torch.zeros(()).to(s.dtype))
    total = powers.sum(-1, keepdim=True)
    return torch.einsum("...ts,...sz->...tz", powers / torch.where(total > 0, total, 1.0), v)


torch.manual_seed(20260411)
shapes = (((), (5, 7)), ((), (1, 7)), ((2,), (5, 7)), ((2,), (2, 1, 7)), ((2, 3), (2, 1, 1, 7)), ((2, 3), (3, 5, 7)))
for lead, of_mask in shapes:
    q, k, v = torch.randn(*lead, 5, 11), torch.randn(*lead, 7, 11), torch.randn(*lead, 7, 2)
    for share in (0.0, 0.4, 0.8, 1.0):
        mask = torch.rand(of_mask) < share
        where = f"with leading axes {lead} and a mask {tuple(of_mask)}, {int(mask.sum())} allowed"
        due = reference_masked(q.double(), k.double(), v.double(), mask).float()
        close = {"rtol": 1e-4, "atol": 1e-5}
        torch.testing.assert_close(masked_attention(q, k, v, mask), due, msg=f"Wrong {where}.", **close)
        up = torch.randn(*lead, 5, 2)
        ours = gradients(masked_attention, q, k, v, mask, upstream=up)
        theirs = gradients(reference_masked, q, k, v, mask, upstream=up)
        for own, expected in list(zip(ours, theirs))[:3]:
            assert own is not None, f"No gradient {where}."
            torch.testing.assert_close(own, expected, msg=f"The gradient is wrong {where}.", rtol=1e-3, atol=1e-5)
### END HIDDEN TESTS

# %%
# The library's version: it gives the weights as well, where they are asked for
query, key, value = torch.randn(2, 5, 7), torch.randn(2, 3, 7), torch.randn(2, 3, 11)
may_attend = torch.rand(2, 5, 3) < 0.5
ours = masked_attention(query, key, value, may_attend)
theirs = attention.scaled_dot_product_attention(query, key, value, may_attend)
print("the same numbers:", torch.allclose(ours, theirs, atol=1e-6))
print("as torch's own:  ", torch.allclose(ours, F.scaled_dot_product_attention(query, key, value, may_attend), atol=1e-6))

# %% [markdown]
# ## Task 4: Cut into heads (8 minutes, 2 points)
#
# One softmax finds one thing at a time.
# So the D numbers of a vector are cut into H pieces of K = D / H, and each piece attends by itself.
# The first K numbers belong to the first head, the next K to the second, and so on.
# With the heads as an axis in front of the places, one product serves all of them.
# Afterwards the pieces are put side by side again.
#
# Moving numbers is part of the way, so gradients pass through both functions.

# %% nbgrader={"grade": false, "grade_id": "split_heads", "locked": false, "schema_version": 3, "solution": true, "task": false}
def split_heads(x: torch.Tensor, n_heads: int) -> torch.Tensor:
    """Cut the last axis into heads: out[b, h, t, k] = x[b, t, h · K + k].

    Shapes: x (B, T, D) with D = n_heads · K; returns (B, H, T, K).
    """
    ### BEGIN SOLUTION
    return x.unflatten(-1, (n_heads, -1)).transpose(1, 2)
    ### END SOLUTION


def merge_heads(x: torch.Tensor) -> torch.Tensor:
    """Put the heads side by side again: what split_heads has cut becomes what it was.

    Shapes: x (B, H, T, K), which may be a view such as a transposed tensor; returns (B, T, D).
    """
    ### BEGIN SOLUTION
    return x.transpose(1, 2).flatten(-2)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_split_heads", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
import torch

b, t, d = torch.arange(2), torch.arange(5), torch.arange(6)
x = (100 * b[:, None, None] + 10 * t[:, None] + d).float()  # 123 is number 3 of place 2 of sentence 1
got = split_heads(x, 2)
assert got.shape != (2, 3, 5, 2), "There are 3 heads of 2 numbers, and 2 heads of 3 were asked for."
assert got.shape != (2, 5, 2, 3), "The heads stand behind the places; they come in front of them: (B, H, T, K)."
assert got.shape != (2, 2, 3, 5), "The places have become the last axis; it holds the numbers of a head: (B, H, T, K)."
assert got.shape != (4, 5, 3), "The heads were stacked on the sentences; they have an axis of their own."
assert got.shape == (2, 2, 5, 3), f"Expected the shape (2, 2, 5, 3), got {tuple(got.shape)}."
piece = [round(n) for n in got[0, 1, 2].tolist()]
assert piece != [33, 34, 35], (
    "The second head of place 2 holds numbers of place 3: reshape alone moves nothing. Cut first, then exchange the axes."
)
assert piece != [21, 23, 25], (
    "The second head took every second number; its numbers lie side by side, 3, 4 and 5."
)
assert piece == [23, 24, 25], f"The second head of place 2 holds 23, 24, 25, got {piece}."
piece = [round(n) for n in got[1, 0, 4].tolist()]
assert piece == [140, 141, 142], f"The first head of place 4 of sentence 1 holds 140, 141, 142, got {piece}."
one = split_heads(x, 1)
assert one.shape != (2, 5, 6), "With a single head its axis went missing; it is there with length 1."
assert one.shape == (2, 1, 5, 6), f"Expected the shape (2, 1, 5, 6) with one head, got {tuple(one.shape)}."
heads = torch.stack([x[..., :3], x[..., 3:]], dim=1)  # (2, 2, 5, 3)
try:
    got = merge_heads(heads)
    merge_heads(heads.mT.contiguous().mT)
except RuntimeError as error:
    assert "view" not in str(error), (
        "`view` needs the numbers in order of memory, and exchanging axes does not move them; use reshape or flatten."
    )
    raise
assert got.shape != (2, 5, 3), "The heads were added up or averaged; put them side by side."
assert got.shape != (2, 10, 3), "The heads were put one behind the other as places; put them side by side."
assert got.shape == (2, 5, 6), f"Expected the shape (2, 5, 6), got {tuple(got.shape)}."
row = [round(n) for n in got[0, 2].tolist()]
assert row != [40, 41, 42, 3, 4, 5], (
    "Place 2 holds numbers of places 4 and 0: the axes have to be exchanged back before they are joined."
)
assert row != [20, 23, 21, 24, 22, 25], "The numbers of the heads take turns; those of one head stay together."
assert row == [20, 21, 22, 23, 24, 25], f"Place 2 holds 20 to 25 again, got {row}."
arriving = torch.arange(60.0).view(2, 2, 5, 3)
try:
    (got,) = gradients(lambda x: split_heads(x, 2), x, upstream=arriving)
    (again,) = gradients(merge_heads, heads, upstream=x)
except TypeError:
    raise AssertionError("No gradient passes the cutting or the joining; detach, numpy and tolist cut it off.") from None
assert got[0, 2].tolist() == [6, 7, 8, 21, 22, 23], f"The gradient of the cutting is wrong: {got[0, 2].tolist()}."
assert torch.equal(again, heads), f"The gradient of the joining is wrong: {again[0].tolist()}."
print("place 2 of two heads:", split_heads(x, 2)[0, :, 2].tolist())
### BEGIN HIDDEN TESTS
torch.manual_seed(20260413)
for n_sentences, n_places, n_heads, width in ((1, 1, 1, 1), (2, 7, 3, 5), (5, 3, 7, 2), (3, 11, 1, 13), (2, 3, 5, 1)):
    x = torch.randn(n_sentences, n_places, n_heads * width)
    due = torch.stack(x.split(width, dim=-1), dim=1)
    got = split_heads(x, n_heads)
    assert got.shape == due.shape and torch.equal(got, due), f"Cut wrong with H={n_heads}, K={width}."
    got = merge_heads(due)
    assert got.shape == x.shape and torch.equal(got, x), f"Joined wrong with H={n_heads}, K={width}."
    torn = due.transpose(0, 1).contiguous().transpose(0, 1)
    assert torch.equal(merge_heads(torn), x), "What lies in memory in another order was joined wrong."
### END HIDDEN TESTS

# %% [markdown]
# ## Task 5: Several heads, in one product (17 minutes, 4 points)
#
# Now the whole layer, without biases.
# Queries come from `x`; keys and values come from `memory`, which is another sentence, or `x` again.
# Three matrices make queries, keys and values; they are cut into heads; each head attends; the heads are joined, and a fourth matrix mixes them.
# The H heads are worked out in one product, not one after the other (a loop is right as well, and slower).
#
# You may call your functions of Tasks 2 to 4; a mistake in them then costs points here too.

# %% nbgrader={"grade": false, "grade_id": "multi_head_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
def multi_head_attention(
    x: torch.Tensor,
    memory: torch.Tensor,
    weights: dict[str, torch.Tensor],
    n_heads: int,
    may_attend: torch.Tensor | None = None,
) -> torch.Tensor:
    """Let each place of x look at memory with n_heads heads.

    weights: query_proj, key_proj, value_proj, output_proj, each (D, D) and applied as in nn.Linear,
        z Wᵀ, to x, memory, memory and the joined heads. A gradient reaches all of them.
    may_attend: bool, True means may attend; broadcasts to (B, H, T, S); None hides nothing. In the
        heads of a query that may attend to nothing there are zeros.
    Shapes: x (B, T, D), memory (B, S, D); returns (B, T, D).
    """
    ### BEGIN SOLUTION
    def heads(given, name):
        projected = given @ weights[name].T
        return projected.unflatten(-1, (n_heads, -1)).transpose(1, 2)  # (B, H, T or S, K)

    query, key, value = heads(x, "query_proj"), heads(memory, "key_proj"), heads(memory, "value_proj")
    scores = query @ key.mT / math.sqrt(query.shape[-1])  # (B, H, T, S)
    if may_attend is None:
        shares = scores.softmax(dim=-1)
    else:
        hidden = ~may_attend
        shares = scores.masked_fill(hidden, torch.finfo(scores.dtype).min).softmax(dim=-1)
        shares = shares.masked_fill(hidden, 0.0)
    joined = (shares @ value).transpose(1, 2).flatten(-2)  # (B, T, D)
    return joined @ weights["output_proj"].T
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_multi_head_attention", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
import math

import torch

NAMES = ("query_proj", "key_proj", "value_proj", "output_proj")


def turn(n, factor):
    """Return a matrix whose output i is factor times input i + n, counted round the six."""
    return factor * torch.eye(6).roll(n, 1)


def near(got, due):
    return torch.allclose(got, torch.as_tensor(due, dtype=got.dtype), atol=2e-3)


# One place in memory: whatever the weights of attention are, all goes to it.
lone = {"query_proj": turn(4, 7.0), "key_proj": turn(3, 5.0), "value_proj": turn(1, 2.0), "output_proj": turn(1, 3.0)}
left = {name: weight.clone() for name, weight in lone.items()}
asks, answers = torch.tensor([[[13.0, 17, 19, 23, 29, 31]]]), torch.tensor([[[1.0, 2, 3, 5, 7, 11]]])
got = multi_head_attention(asks, answers, lone, 3)
assert list(lone) == list(NAMES), "The dictionary has lost an entry (pop); the next sentence needs it. Read it with [ ]."
assert all(torch.equal(lone[name], left[name]) for name in NAMES), "The weights were changed."
assert asks[0, 0, 0] == 13 and answers[0, 0, 0] == 1, "x or memory was changed; make new tensors."
assert got.shape == (1, 1, 6), f"Expected the shape (1, 1, 6), got {tuple(got.shape)}."
got = got[0, 0]
assert not near(got, [42, 66, 6, 12, 18, 30]), (
    "The matrices were applied as z W; as in nn.Linear it is z Wᵀ: each row holds what one output reads."
)
assert not near(got, [4, 6, 10, 14, 22, 2]), "The joined heads were handed out as they are; output_proj mixes them."
assert not near(got, [6, 9, 15, 21, 33, 3]), "The values are memory itself; value_proj makes values of it."
assert not near(got, [105, 165, 15, 30, 45, 75]), "The keys were averaged; the values have a matrix of their own."
assert not near(got, [18, 30, 42, 0, 0, 12]), "The last head left zeros: the loop ended one head too early."
single = got

# Three heads of two numbers, and three places: head h looks at place s by odds[h][s].
odds = torch.tensor([[1.0, 2, 3], [4, 1, 1], [2, 3, 1]])
flags = torch.eye(3)[:, :2]  # a head's two numbers tell how much of places 0 and 1 is in it
memory = torch.cat([odds.log().T, flags, torch.full((3, 1), 2.0)], dim=1)
second = torch.cat([odds.flip(1).log().T, -flags, torch.full((3, 1), 2.0)], dim=1)
x = torch.cat([odds.flip(1).log().T, 2 * flags, torch.ones(3, 1)], dim=1)
x, memory = torch.stack([x, x]), torch.stack([memory, second])  # two sentences, with other odds
spot = {name: torch.zeros(6, 6) for name in NAMES}
spot["query_proj"][[0, 2, 4], 5] = math.sqrt(2)
spot["key_proj"][[0, 2, 4], [0, 1, 2]] = 1.0
spot["value_proj"][[0, 2, 4], 3] = 1.0
spot["value_proj"][[1, 3, 5], 4] = 1.0
spot["output_proj"] = torch.eye(6)
due = torch.tensor([1.0, 2, 4, 1, 2, 3]) / 6
both = multi_head_attention(x, memory, spot, 3)
assert both.shape == (2, 3, 6), f"Expected the shape (2, 3, 6), got {tuple(both.shape)}."
got = both[0]
assert not near(got[0], [1, 4 / 6, 2 / 6, 2 / 6, 2 / 6, 1]), "Keys and values were made from x; both come from memory."
assert not near(got[0], 2 * due), "The values were made from x; they come from memory, as the keys do."
assert not near(got[0], torch.tensor([3.0, 2, 1, 1, 1, 3]) / 6), (
    "The keys were made from x; they come from memory, as the values do."
)
assert not near(got[0], [1 / 14, 4 / 14, 16 / 18, 1 / 18, 4 / 14, 9 / 14]), (
    "The queries were made from memory; they come from x."
)
assert not near(got[0, :2], [0.1191, 0.3175]), "The scores of the heads were not divided by the root of their width."
assert not near(got[0, :2], [0.2284, 0.3408]), (
    "The scores were divided by the root of D = 6; a head's vectors have K = 2 numbers."
)
assert not near(got[0, :2], [0.2080, 0.3396]), (
    "The scores were divided by √K twice, once before the product and once behind it."
)
assert not near(got, torch.full((3, 6), 1 / 3)), "In each head the softmax ran over the queries; it runs over the keys."
assert not near(got[0], [1 / 7, 2 / 6, 4 / 7, 1 / 6, 2 / 7, 3 / 6]), (
    "The heads share a key's weight among them: the softmax ran over the heads; each has a softmax of its own."
)
assert not near(got[1], [1 / 6, 2 / 6] * 3), "All heads look where the first one looks; each has queries and keys of its own."
assert not near(got[0], [0.4142, 0.3508] * 3), "There is a single wide head; n_heads was not used."
assert not near(got[0], [1, 0, 1, 0, 1, 0]), (
    "A head got whole places instead of a piece of each: cut the last axis, then exchange heads and places."
)
assert not near(got[1], [4 / 6, 1 / 6] * 3), (
    "The second place holds the second head three times: exchange heads and places back before you join them."
)
assert not near(got[0], torch.tensor([1.0, 3, 4, 2, 2, 1]) / 6), (
    "A head took every third number of a vector; its numbers lie side by side."
)
assert not near(got[0], [-1 / 2, 0, 3 / 5, 0, 1 / 3, 0]), (
    "Places looked at the other sentences of the batch: the first axis counts sentences."
)
assert near(got, due.expand(3, 6)), f"The three heads give 1/6, 2/6, 4/6, 1/6, 2/6, 3/6, got {got[0].tolist()}."
assert near(both[1], (torch.tensor([3.0, 2, 1, 1, 1, 3]) / -6).expand(3, 6)), (
    f"The second sentence of the batch is wrong: {both[1, 0].tolist()}."
)
assert near(single, [18, 30, 42, 66, 6, 12]), f"With one place in memory 18, 30, 42, 66, 6, 12 are due, got {single.tolist()}."
try:
    got = multi_head_attention(x[:, :2], memory, spot, 3)
except RuntimeError:
    raise AssertionError("Two queries and three keys failed; memory has a length of its own.") from None
assert got.shape == (2, 2, 6) and near(got[0], due.expand(2, 6)), f"Two queries, three keys: got {got[0].tolist()}."
mask = torch.tensor([False, True, True]).view(1, 1, 1, 3)
got = multi_head_attention(x, memory, spot, 3, mask)[0]
assert not near(got[0], due), "may_attend has no effect: a hidden place of memory was looked at."
assert not near(got[0], [1, 0] * 3), "In may_attend True means may attend; the heads looked at what is hidden."
assert near(got[0], [0, 2 / 5, 0, 1 / 2, 0, 3 / 4]), f"With place 0 hidden 0, 2/5, 0, 1/2, 0, 3/4 are due, got {got[0].tolist()}."
got = multi_head_attention(x, memory, spot, 3, torch.ones(3, 3, dtype=torch.bool).tril())[0]
assert not near(got[0], [1, 0, 4 / 5, 1 / 5, 2 / 6, 3 / 6]), (
    "The rows of the mask went to the heads; its last two axes are queries and keys, and it broadcasts as it is."
)
assert near(got[0], [1, 0] * 3) and near(got[1], [1 / 3, 2 / 3, 4 / 5, 1 / 5, 2 / 5, 3 / 5]), (
    f"With a mask that lets places look back the first two rows are wrong: {got[:2].tolist()}."
)
got = multi_head_attention(x, memory, spot, 3, torch.zeros(1, 1, 3, 3, dtype=torch.bool))
assert not got.isnan().any(), "Places that may attend to nothing became NaN; their heads hold zeros."
assert not near(got[0], torch.full((3, 6), 1 / 3)), (
    "Places that may attend to nothing hold the mean of memory in their heads; zeros are due."
)
assert not got.any(), f"Places that may attend to nothing have zeros in their heads, got {got[0, 0].tolist()}."
wide = multi_head_attention(x.double(), memory.double(), {n: w.double() for n, w in spot.items()}, 3)
assert wide.dtype == torch.float64, "The layer turned float64 into another type; keep the type of x."
torch.manual_seed(8)
drawn = [torch.randn(2, 3, 6), torch.randn(2, 5, 6), *torch.randn(4, 6, 6)]
try:
    got = gradients(lambda x, memory, *w: multi_head_attention(x, memory, dict(zip(NAMES, w)), 3), *drawn)
except TypeError:
    raise AssertionError("No gradient leaves the layer, and not one of the four matrices learns; no_grad, numpy and tolist cut it off.") from None
unreached = [name for name, g in zip(("x", "memory", *NAMES), got) if g is None or not g.any()]
assert not {"query_proj", "key_proj"} <= set(unreached), (
    "query_proj and key_proj get no gradient: the shares were detached, and the layer never learns where to look."
)
assert not unreached, f"A matrix was taken out of the graph (.data, detach): no gradient reaches {', '.join(unreached)}."
print("three heads:", [round(n, 3) for n in both[0, 0].tolist()])
### BEGIN HIDDEN TESTS
def reference_heads(x, memory, w_q, w_k, w_v, w_o, n_heads, mask):
    """The same, one head after the other, in powers that are 0 where nothing may be seen."""
    width, total = x.shape[-1] // n_heads, 0
    for h in range(n_heads):
        own = slice(h * width, (h + 1) * width)
        s = torch.einsum("btd,kd,bsf,kf->bts", x, w_q[own], memory, w_k[own]) * width**-0.5
        powers = s.exp()
        if mask is not None:
            powers = powers * mask.expand(len(x), n_heads, *s.shape[1:])[:, h]
        below = powers.sum(-1, keepdim=True)
        share = powers / torch.where(below > 0, below, 1.0)
        total = total + torch.einsum("bts,bsd,kd,ok->bto", share, memory, w_v[own], w_o[:, own])
    return total


def ours_by_list(x, memory, w_q, w_k, w_v, w_o, n_heads, mask):
    given = {"query_proj": w_q, "key_proj": w_k, "value_proj": w_v, "output_proj": w_o}
    return multi_head_attention(x, memory, given, n_heads, mask)


torch.manual_seed(20260417)
for n_b, n_t, n_s, n_heads, width in ((1, 1, 1, 1, 1), (2, 5, 7, 3, 11), (3, 7, 2, 5, 11), (2, 3, 3, 5, 7), (2, 5, 3, 1, 7)):
    d_model = n_heads * width
    x, memory = torch.randn(n_b, n_t, d_model), torch.randn(n_b, n_s, d_model)
    four = torch.randn(4, d_model, d_model) / d_model**0.5
    for of_mask in (None, (n_t, n_s), (n_b, 1, 1, n_s), (n_b, n_heads, n_t, n_s)):
        mask = None if of_mask is None else torch.rand(of_mask) < 0.6
        where = f"with B={n_b}, T={n_t}, S={n_s}, H={n_heads}, K={width}, mask {of_mask}"
        due = reference_heads(x.double(), memory.double(), *four.double(), n_heads, mask).float()
        close = {"rtol": 1e-3, "atol": 1e-5}
        got = ours_by_list(x, memory, *four, n_heads, mask)
        torch.testing.assert_close(got, due, msg=f"Wrong {where}.", **close)
        up = torch.randn(n_b, n_t, d_model)
        own = gradients(ours_by_list, x, memory, *four, n_heads, mask, upstream=up)[:6]
        theirs = gradients(
            reference_heads, x.double(), memory.double(), *four.double(), n_heads, mask, upstream=up.double()
        )[:6]
        for mine, expected in zip(own, theirs):
            assert mine is not None, f"A gradient is missing {where}."
            torch.testing.assert_close(mine, expected.float(), msg=f"A gradient is wrong {where}.", rtol=1e-3, atol=1e-4)
### END HIDDEN TESTS

# %%
# The library's layer, which has biases as well: they begin at 0
layer = attention.MultiHeadAttention(d_model=15, n_heads=3)
names = ("query_proj", "key_proj", "value_proj", "output_proj")
given = {name: getattr(layer, name).weight for name in names}
x, memory = torch.randn(2, 5, 15), torch.randn(2, 7, 15)
print("the same numbers:", torch.allclose(multi_head_attention(x, memory, given, 3), layer(x, memory), atol=1e-6))

# %% [markdown]
# ## Task 6: Look back at the same word (15 minutes, 3 points)
#
# Training finds weights; here you set them, for one head, and see what a head can do.
# Each word is to look at **the last place before it where the same word stood**.
# A word that is new looks at place 0, where the start mark `<s>` stands.
#
# A place's vector holds two ones: the first V numbers say which word stands there, the next P which place it is.
# Word 0 is `<s>`; it stands at place 0 and nowhere else.
# The head sees earlier places alone, so nobody can look at itself.
#
# You give the two matrices that make queries and keys of these vectors, with K rows each; K is yours to choose.
# Three wishes have to come together in one dot product, each with its own strength:
#
# 1. the same word counts most, wherever it stands;
# 2. of two places with the same word the later one counts more, by enough to get nine tenths of the weight;
# 3. place 0 counts more than any other word, and less than the same word.
#
# **Predict before you write:** a dot product adds up K products of a number of the query and a number of the key. Which numbers of the key should not depend on who asks?
#
# The next cell makes the vectors and the map.

# %% nbgrader={"grade": false, "grade_id": "map_of_a_sentence", "locked": true, "schema_version": 3, "solution": false, "task": false}
from course_lib.layers.attention import scaled_dot_product_attention


def sentence_vectors(ids: list[int], n_words: int, n_places: int) -> torch.Tensor:
    """Return (T, V + P): a one for the word, and a one for the place."""
    word = F.one_hot(torch.tensor(ids), n_words)
    place = F.one_hot(torch.arange(len(ids)), n_places)
    return torch.cat([word, place], dim=1).float()


def attention_map(query_proj: torch.Tensor, key_proj: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """Return (T, T): how much each place looks at each place before it."""
    earlier = torch.ones(len(x), len(x), dtype=torch.bool).tril(-1)
    _, weights = scaled_dot_product_attention(
        x @ query_proj.T, x @ key_proj.T, x, earlier, return_weights=True
    )
    return weights

# %% nbgrader={"grade": false, "grade_id": "look_back_weights", "locked": false, "schema_version": 3, "solution": true, "task": false}
def look_back_weights(n_words: int, n_places: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (query_proj, key_proj) of a head that looks at the last place with the same word.

    Each place gives at least 0.9 of its weight to the place that is due: the last one before it with
    the same word, or place 0 where there is none. Sentences have up to n_places places. The map
    divides the scores by √K.
    Shapes: both (K, V + P), applied as x Wᵀ; V = n_words, P = n_places.
    """
    ### BEGIN SOLUTION
    nearer = 5.0  # a place later, and the weight is e⁵ times as large
    start, same = nearer * n_places, 2 * nearer * n_places
    width = n_words + 1
    query_proj, key_proj = torch.zeros(2, width, n_words + n_places)
    query_proj[:n_words, :n_words] = same * torch.eye(n_words)
    key_proj[:n_words, :n_words] = torch.eye(n_words)
    query_proj[n_words, n_words:] = 1.0  # every place asks the same of this number
    key_proj[n_words, n_words:] = nearer * torch.arange(n_places)
    key_proj[n_words, n_words] = start
    return math.sqrt(width) * query_proj, key_proj
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_look_back_weights", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
import torch

found = look_back_weights(5, 11)
assert isinstance(found, tuple | list) and len(found) == 2, "Return two matrices: query_proj, key_proj."
query_proj, key_proj = (torch.as_tensor(matrix).detach().float() for matrix in found)
sizes = tuple(query_proj.shape), tuple(key_proj.shape)
assert query_proj.shape[-1] == 16 or query_proj.shape[0] != 16, (
    f"The shapes are {sizes}: a matrix has a row for each number that comes out, and reads V + P = 16 in a row."
)
assert all(len(size) == 2 and size[1] == 16 for size in sizes), f"Both matrices read V + P = 16 numbers; got {sizes}."
assert sizes[0] == sizes[1], f"Queries and keys have the same number of rows, K; got {sizes}."
vectors = sentence_vectors([0, 1, 2, 1, 3, 1, 2], 5, 11)  # <s> a b a c a b
due = [None, 0, 0, 1, 0, 3, 2]


def is_right(seen):
    return all(seen[place, due[place]] > 0.9 for place in range(1, 7))


seen = attention_map(query_proj, key_proj, vectors)
assert not seen.isnan().any(), "The map holds NaN: infinity times 0 is no number. Large numbers are enough."
swapped = attention_map(key_proj, query_proj, vectors)
assert is_right(seen) or not is_right(swapped), "The matrices have changed places: query_proj comes first."
other = attention_map(query_proj, key_proj, vectors.roll(11, 1))
assert is_right(seen) or not is_right(other), (
    "The matrices read the place from the first numbers; the word comes first, V numbers, and then the place."
)
assert seen[5, 4] < 0.9 or seen[6, 4] < 0.9, (
    "All look at word 3, which has the highest number: 1 times 3 is more than 1 times 1. A word needs a number of its own."
)
assert seen[3, 0] < 0.9, "The second 'a' looks at the start mark: the same word has to count more than place 0."
assert seen[6, 5] < 0.9, (
    "'b' looks at the 'a' just before it: the place counts more than the word. Even the last place must not outweigh the word."
)
assert seen[2, 1] < 0.9 or seen[4, 1] < 0.9, "New words look at place 1; places count from 0, where the start mark stands."
assert seen[5, 1] < 0.9, "The third 'a' looks at the first one: a later place has to count more, not less."
halves = abs(seen[5, 1] - 0.5) < 0.02 and abs(seen[5, 3] - 0.5) < 0.02
huge = query_proj.abs().max() * key_proj.abs().max() > 1e6
assert not (halves and huge), (
    "The numbers are so large that float32 loses what the place adds: 1,000,000,000 + 5 is 1,000,000,000 there."
)
assert not halves, "The third 'a' shares its weight between the two before it: the later one has to count more."
assert seen[2, 1] < 0.9 or seen[4, 3] < 0.9, "A new word looks at the word before it; it has to find place 0."
blunt = all(seen[place].argmax() == due[place] for place in range(1, 7)) and not is_right(seen)
assert not blunt, (
    f"Each place looks most at the right one, with {min(seen[p, due[p]] for p in range(1, 7)):.2f} of its weight: make all differences larger."
)
for place in range(1, 7):
    assert seen[place, due[place]] > 0.9, (
        f"In <s> a b a c a b place {place} should look at place {due[place]}, and its weights are "
        f"{[round(w, 2) for w in seen[place].tolist()]}."
    )
print("<s> a b a c a b:", [int(row.argmax()) for row in seen[1:]])
### BEGIN HIDDEN TESTS
many = list(range(43))
seen = attention_map(*(torch.as_tensor(w).detach().float() for w in look_back_weights(43, 43)), sentence_vectors(many, 43, 43))
assert seen[42, 41] < 0.9, (
    "In a longer sentence a new word looks at the word before it: what a place adds grows with the places, and so must the rest."
)
seen = attention_map(*(torch.as_tensor(w).detach().float() for w in look_back_weights(97, 3)), sentence_vectors([0, 1, 1], 97, 3))
assert seen[2].argmax() != 1 or seen[2, 1] > 0.9, (
    "With many words the map gets soft: the scores are divided by √K, and the strengths have to make up for it."
)
torch.manual_seed(20260419)
for n_words, n_places in ((2, 3), (3, 7), (7, 13), (13, 31), (31, 11)):
    query_proj, key_proj = (torch.as_tensor(w).detach().float() for w in look_back_weights(n_words, n_places))
    for length in (2, (n_places + 1) // 2, n_places):
        for _ in range(5):
            ids = [0, *torch.randint(1, n_words, (length - 1,)).tolist()]
            seen = attention_map(query_proj, key_proj, sentence_vectors(ids, n_words, n_places))
            for place in range(1, length):
                earlier = [s for s in range(place) if ids[s] == ids[place]]
                target = earlier[-1] if earlier else 0
                assert seen[place, target] > 0.9, (
                    f"With V={n_words}, P={n_places} place {place} of {ids} should look at place {target}."
                )
### END HIDDEN TESTS

# %% [markdown]
# ### The picture
#
# Rows are the words that look, columns are the words that are looked at.
# Every row but the first has one dark cell, left of the diagonal.
# Check a few by eye: the last *the* must look at the *the* before it, *next* at the start mark, and the last *file* at the second one.

# %%
from course_lib import viz

tokens = "<s> open the file read one line close the file open the next file read one line".split()
numbers = {word: i for i, word in enumerate(dict.fromkeys(tokens))}
ids = [numbers[word] for word in tokens]
matrices = look_back_weights(len(numbers), len(ids))
seen = attention_map(*matrices, sentence_vectors(ids, len(numbers), len(ids)))

fig, (axes,) = viz.figure(width=5.4, height=5.2)
axes.imshow(seen, cmap="Blues", vmin=0, vmax=1)
axes.set_xticks(range(len(tokens)), tokens, rotation=60)
axes.set_yticks(range(len(tokens)), tokens)
axes.set(xlabel="is looked at", ylabel="looks")
viz.show(fig, alt="Each word looks at the last place before it with the same word, a new one at <s>")

# %% [markdown]
# Such a head guesses.
# Whoever finds the place where a word stood before can read off which word came *next* at that time, and expect it again.
# In a text that repeats itself this is often right.
#
# **Predict, then run:** for which words is the guess right, and for which can it not be?

# %%
for place in range(1, len(tokens) - 1):
    found = int(seen[place].argmax())
    guess = tokens[found + 1] if found else "(new word)"
    mark = "right" if guess == tokens[place + 1] else ""
    print(f"{' '.join(tokens[max(1, place - 4) : place + 1]):>26} ->  {guess:12}{mark}")

# %% [markdown]
# The head knows one word of context: after *file* came *read* and then *open*, and it follows the last of them.
# Trained language models do the same with two heads, one layer above the other, of which the first looks one place back (Olsson et al., 2022, arXiv:2209.11895).
# Nobody set their weights; they came from training.
