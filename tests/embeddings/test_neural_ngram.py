"""Is the neural n-gram model equation 1 of Bengio et al., and is a table of counts a network?"""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.testing import assert_close

from course_lib.embeddings.neural_ngram import NeuralNgram, NeuralNgramConfig, log_probs
from course_lib.embeddings.ngram_lm import Laplace
from course_lib.layers.embedding import Embedding
from course_lib.text.ngrams import examples

B, V, D, HIDDEN, ORDER = 5, 13, 3, 7, 4  # the context is 3 words wide


@pytest.fixture
def input_ids():
    torch.manual_seed(0)
    return torch.randint(V + 1, (B, ORDER - 1))


def make(**changes):
    torch.manual_seed(1)
    sizes = {"vocab_size": V, "order": ORDER, "d_model": D, "d_hidden": HIDDEN, **changes}
    return NeuralNgram(NeuralNgramConfig(**sizes))


@pytest.mark.parametrize("direct", [True, False])
def test_equation_1_forward_and_gradient(input_ids, direct):
    ours = make(direct=direct).eval()
    if direct:
        nn.init.normal_(ours.direct_proj.weight)
    theirs = {name: p.detach().clone().requires_grad_() for name, p in ours.named_parameters()}
    table = theirs["embedding.weight"]
    x = torch.cat([F.embedding(input_ids[:, i], table) for i in range(ORDER - 1)], dim=1)
    inner = torch.tanh(theirs["hidden_proj.bias"] + x @ theirs["hidden_proj.weight"].T)
    y = theirs["output_proj.bias"] + inner @ theirs["output_proj.weight"].T
    if direct:
        y = y + x @ theirs["direct_proj.weight"].T
    assert_close(ours(input_ids), y)
    targets = torch.arange(B)
    F.cross_entropy(ours(input_ids), targets).backward()
    F.cross_entropy(y, targets).backward()
    for name, parameter in ours.named_parameters():
        assert_close(parameter.grad, theirs[name].grad)


def test_the_order_of_the_context_matters(input_ids):
    model = make()
    assert not torch.allclose(model(input_ids), model(input_ids.flip(1)))


def test_direct_connections_start_at_nothing(input_ids):
    assert make(direct=True).direct_proj.weight.abs().sum() == 0


def test_dropout_is_off_in_evaluation(input_ids):
    model = make(dropout=0.5)
    assert not torch.equal(model(input_ids), model(input_ids))
    assert_close(model.eval()(input_ids), make().eval()(input_ids))


def test_log_probs_are_those_of_the_softmax_and_leave_the_mode_alone(input_ids):
    model, targets = make(dropout=0.5).train(), torch.arange(B)
    found = log_probs(model, input_ids, targets, batch_size=2)
    assert model.training
    expected = F.log_softmax(model.eval()(input_ids), dim=1)[range(B), targets]
    assert_close(torch.from_numpy(found), expected.double().detach())


def test_save_and_load(input_ids, tmp_path):
    ours = make(direct=True)
    torch.save(ours.state_dict(), tmp_path / "model.pt")
    other = NeuralNgram(ours.config)
    other.load_state_dict(torch.load(tmp_path / "model.pt", weights_only=True))
    assert_close(other(input_ids), ours(input_ids))


def test_a_softmax_on_one_hot_contexts_learns_the_relative_frequencies():
    """One layer: a row of V scores for each word. Its best scores are the bigram frequencies.

    The cross-entropy of row h is least where softmax(row) = c(h·) / c(h), the counts normalised.
    """
    text = [line.split() for line in ("the cat is black", "the dog is here", "a cat is a cat")]
    counts = Laplace(2, k=0).fit(text)
    ids = {**{w: i for i, w in enumerate(counts.vocabulary)}, "<s>": len(counts.vocabulary)}
    contexts, targets = map(torch.from_numpy, examples(text, ids, 2))
    layer = Embedding(len(ids), len(counts.vocabulary))
    optimizer = torch.optim.LBFGS(layer.parameters(), max_iter=500, tolerance_grad=1e-7)

    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(layer(contexts)[:, 0], targets)
        loss.backward()
        return loss

    optimizer.step(closure)
    learnt = torch.softmax(layer.weight, dim=1).detach().numpy()
    for word in ("<s>", "the", "cat", "is", "a", "dog", "black", "here"):
        np.testing.assert_allclose(learnt[ids[word]], counts.distribution([word]), atol=1e-3)
    assert math.isclose(learnt[ids["cat"], ids["is"]], 2 / 3, abs_tol=1e-3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"vocab_size": 0}, "vocab_size must be 1 or more, received 0"),
        ({"d_model": 0}, "d_model must be 1 or more"),
        ({"d_hidden": -1}, "d_hidden must be 1 or more"),
        ({"order": 1}, "order must be 2 or more"),
        ({"dropout": 1.0}, "dropout must be at least 0 and below 1"),
    ],
)
def test_sizes_that_make_no_sense(changes, message):
    with pytest.raises(ValueError, match=message):
        make(**changes)


def test_a_context_of_another_width():
    with pytest.raises(ValueError, match="a context has 3 words, received 2"):
        make()(torch.zeros(1, 2, dtype=torch.long))


def test_ids_without_a_row():
    with pytest.raises(IndexError):
        make()(torch.full((1, 3), V + 1))


def test_arrays_serve_as_well_as_tensors():
    model = make().eval()
    contexts, targets = torch.tensor([[0, 1, 2], [2, 1, 0]]), torch.tensor([3, 1])
    from_tensors = log_probs(model, contexts, targets)
    assert (log_probs(model, contexts.numpy(), targets.numpy()) == from_tensors).all()
