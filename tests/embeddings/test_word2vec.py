"""Are the reference, the compiled loops and gensim the same mathematics, and does a run survive?"""

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from course_lib.data import kingdom
from course_lib.embeddings import word2vec_fast as fast
from course_lib.embeddings import word2vec_stream
from course_lib.embeddings.word2vec import LineSentences, Word2Vec, Word2VecConfig
from course_lib.embeddings.word2vec_reference import (
    Word2VecModel,
    negative_sampling_loss,
    pairs,
    train_batch,
)
from course_lib.errors import CorruptFileError, CourseError

V, D = 31, 7


def model(dtype=torch.float64, seed=0) -> Word2VecModel:
    torch.manual_seed(seed)
    made = Word2VecModel(V, D).to(dtype)
    torch.nn.init.normal_(made.inputs.weight)
    torch.nn.init.normal_(made.outputs.weight)
    return made


def test_loss_and_gradient_by_hand():
    """Golden: h = (1, 0), true word (0, 1), one drawn word (2, 0).

    Scores 0 and 2. Loss −log σ(0) − log σ(−2) = log 2 + log(1 + e²) = 0.6931 + 2.1269 = 2.8201.
    Gradient for h: (σ(0) − 1)(0, 1) + σ(2)(2, 0) = (1.7616, −0.5); for the true word
    (σ(0) − 1) h = (−0.5, 0); for the drawn one σ(2) h = (0.8808, 0).
    """
    hidden = torch.tensor([[1.0, 0.0]], requires_grad=True)
    offered = torch.tensor([[[0.0, 1.0], [2.0, 0.0]]], requires_grad=True)
    loss = negative_sampling_loss(hidden, offered, torch.tensor([[True, True]]))
    loss.backward()
    assert_close(loss.item(), 2.8201, atol=1e-4, rtol=0)
    assert_close(hidden.grad, torch.tensor([[1.7616, -0.5]]), atol=1e-4, rtol=0)
    assert_close(offered.grad, torch.tensor([[[-0.5, 0], [0.8808, 0]]]), atol=1e-4, rtol=0)


def fixed_batch(n_pairs=13, n_noise=5):
    """Words that were drawn differ from each other within a pair, and some are the true one."""
    draw = np.random.default_rng(1)
    offered = np.stack([draw.permutation(V)[: n_noise + 1] for _ in range(n_pairs)])
    offered[3, 2] = offered[3, 0]
    return draw.integers(0, V, n_pairs), offered


def fast_gradients(inputs, outputs, given, offered):
    """Return what the compiled step adds up to over a batch, each pair from the same tables."""
    to_inputs, to_outputs = np.zeros_like(inputs), np.zeros_like(outputs)
    for words, targets in zip(given, offered, strict=True):
        used = np.array([targets[0]] + [t for t in targets[1:] if t != targets[0]], np.int32)
        moved, change = outputs.copy(), np.zeros(inputs.shape[1], inputs.dtype)
        hidden = inputs[words].mean(axis=0)
        fast.learn(hidden, moved, used, len(used), inputs.dtype.type(1), change)
        to_outputs -= moved - outputs
        np.add.at(to_inputs, words, -change / len(words))
    return to_inputs, to_outputs


@pytest.mark.parametrize("windows", [1, 4], ids=["skip-gram", "cbow"])
def test_the_compiled_step_has_the_gradient_of_the_reference(windows):
    centres, offered = fixed_batch()
    given = [np.random.default_rng(i).permutation(V)[:windows] for i in range(len(centres))]
    made = model()
    loss = made(
        torch.tensor(np.stack(given)),
        torch.ones(len(given), windows, dtype=torch.bool),
        torch.tensor(offered),
    )
    loss.backward()
    wanted = [table.grad.to_dense() for table in (made.inputs.weight, made.outputs.weight)]
    tables = [table.detach().numpy() for table in (made.inputs.weight, made.outputs.weight)]
    for ours, reference in zip(fast_gradients(*tables, given, offered), wanted, strict=True):
        assert_close(torch.from_numpy(ours), reference, atol=1e-6, rtol=1e-5)


def test_a_window_that_was_filled_up_changes_nothing():
    made = model()
    offered = torch.tensor([[3, 5, 8]])
    short = made(torch.tensor([[1, 2]]), torch.tensor([[True, True]]), offered)
    filled = made(torch.tensor([[1, 2, 0]]), torch.tensor([[True, True, False]]), offered)
    assert_close(short, filled)


def test_one_step_of_the_reference_is_gradient_descent():
    made, twin = model(), model()
    batch = [([1], 2), ([1], 3), ([4], 2)]
    noise = np.array([[5, 6], [7, 2], [8, 9]])
    loss = train_batch(made, batch, noise, rate=0.1)
    offered = torch.cat([torch.tensor([[2], [3], [2]]), torch.from_numpy(noise)], dim=1)
    given = torch.tensor([[1], [1], [4]])
    wanted = twin(given, torch.ones(3, 1, dtype=torch.bool), offered)
    wanted.backward()
    assert loss == pytest.approx(wanted.item())
    for ours, theirs in zip(made.parameters(), twin.parameters(), strict=True):
        assert_close(ours.detach(), (theirs - 0.1 * theirs.grad.to_dense()).detach())


def test_pairs_by_hand():
    """Golden: "0 1 2 3" with a fixed window of 1."""
    config = Word2VecConfig(window=1, shrink_window=False)
    rng = np.random.default_rng(0)
    found = list(pairs([0, 1, 2, 3], config, rng))
    assert found == [([0], 1), ([1], 0), ([1], 2), ([2], 1), ([2], 3), ([3], 2)]
    cbow = Word2VecConfig(window=1, shrink_window=False, algorithm="cbow")
    assert list(pairs([0, 1, 2, 3], cbow, rng)) == [([1], 0), ([0, 2], 1), ([1, 3], 2), ([2], 3)]
    assert list(pairs([0], config, rng)) == list(pairs([0], cbow, rng)) == []


def quality(n: int = 1000, **settings) -> float:
    """Return how many of the kingdom's analogies come out right, 0 to 1."""
    config = Word2VecConfig(
        **({"d_model": 20, "min_count": 1, "sample": 0, "epochs": 20} | settings)
    )
    vectors = Word2Vec(config).fit(kingdom.sentences(n, seed=1), progress=False)
    right = [
        vectors.most_similar([a.b, a.c], a.a, topn=1)[0][0] == a.d for a in kingdom.analogies()
    ]
    return float(np.mean(right))


def test_both_engines_learn_the_kingdom():
    """The slow engine gets a quarter of the text; guessing would be right once in fifty."""
    assert quality() >= 0.95
    assert quality(workers=2) >= 0.95
    assert quality(engine="torch", n=250, epochs=4, rate=0.1, batch_pairs=32) >= 0.1


def test_cbow_learns_the_kingdom():
    assert quality(algorithm="cbow", rate=0.1) >= 0.9


def test_engines_are_equal_in_expectation():
    """Both start alike and read the same text; after it the mean score differs by chance only.

    Batches of one pair, because pairs of one batch do not see each other's steps.
    """
    text = kingdom.sentences(12, seed=2)
    shift: dict[str, list[float]] = {"fast": [], "torch": []}
    for engine, found in shift.items():
        for seed in range(6):
            config = Word2VecConfig(
                d_model=3, min_count=1, sample=0.1, epochs=1, seed=seed, engine=engine,
                rate=0.2, batch_pairs=1,
            )  # fmt: skip
            trainer = Word2Vec(config)
            trainer.fit(text, progress=False)
            found.append(float((trainer.vectors.matrix @ trainer.context_vectors.matrix.T).mean()))
    one, other = (np.array(found) for found in shift.values())
    error = np.sqrt(one.var(ddof=1) / 6 + other.var(ddof=1) / 6)
    assert abs(one.mean() - other.mean()) < 3 * error
    assert abs(one.mean()) > 5 * error, "nothing was learnt, so nothing was compared"


class Counted:
    """Sentences that can be walked again, and an end that comes in the middle."""

    def __init__(self, sentences, stop_at_walk=None):
        self.sentences, self.stop_at_walk, self.walks = sentences, stop_at_walk, 0

    def __iter__(self):
        self.walks += 1
        for i, sentence in enumerate(self.sentences):
            if self.walks == self.stop_at_walk and i > len(self.sentences) * 0.6:
                raise KeyboardInterrupt
            yield sentence


@pytest.mark.parametrize("walk", [2, 3])
def test_a_stopped_run_goes_on_and_ends_the_same(tmp_path, monkeypatch, walk):
    """Small pieces, so that the stop comes between two of them; walk 1 is for counting."""
    monkeypatch.setattr(word2vec_stream, "CHUNK_WORDS", 500)
    monkeypatch.setattr(word2vec_stream, "JOB_WORDS", 200)
    text = kingdom.sentences(700, seed=3)
    config = Word2VecConfig(d_model=5, min_count=1, epochs=3)
    at_once = Word2Vec(config)
    whole = at_once.fit(Counted(text), progress=False)
    state = tmp_path / "run.state"
    with pytest.raises(KeyboardInterrupt):
        Word2Vec(config).fit(
            Counted(text, walk), resume_from=state, save_words=1000, progress=False
        )
    assert state.exists()
    resumed = Word2Vec(config)
    again = resumed.fit(Counted(text), resume_from=state, progress=False)
    np.testing.assert_array_equal(again.matrix, whole.matrix)
    assert resumed.n_pairs == at_once.n_pairs > 0
    assert not state.exists()


def test_a_state_of_another_run_or_a_damaged_one_is_refused(tmp_path):
    text = kingdom.sentences(300)
    state = tmp_path / "run.state"
    with pytest.raises(KeyboardInterrupt):
        Word2Vec(Word2VecConfig(min_count=1)).fit(
            Counted(text, 4), resume_from=state, progress=False
        )
    with pytest.raises(CourseError, match="of another run"):
        Word2Vec(Word2VecConfig(min_count=1, seed=1)).fit(text, resume_from=state, progress=False)
    state.write_bytes(state.read_bytes()[:-9] + b"\0" * 9)
    with pytest.raises(CorruptFileError, match="start again"):
        Word2Vec(Word2VecConfig(min_count=1)).fit(text, resume_from=state, progress=False)


def test_a_file_gives_what_a_list_gives(tmp_path):
    text = kingdom.sentences(500)
    path = tmp_path / "text.txt"
    path.write_text("\n".join(" ".join(sentence) for sentence in text) + "\n\n")
    config = Word2VecConfig(d_model=5, min_count=2, epochs=2)
    from_list = Word2Vec(config).fit(text, progress=False)
    from_file = Word2Vec(config).fit(LineSentences(path), progress=False)
    assert from_list.words == from_file.words
    np.testing.assert_array_equal(from_list.matrix, from_file.matrix)


def test_one_seed_gives_one_result_and_another_another():
    text, config = kingdom.sentences(200), {"d_model": 5, "min_count": 1}
    first, again, other = (
        Word2Vec(Word2VecConfig(**config, seed=seed)).fit(text, progress=False).matrix
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3


def test_progress_shows_words_per_second(capsys):
    trainer = Word2Vec(Word2VecConfig(d_model=5, min_count=1))
    trainer.fit(kingdom.sentences(200))
    assert "words/s" in capsys.readouterr().err
    assert trainer.words_per_second > 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (iter([["a"]]), "received a list_iterator"),
        ((line.split() for line in ["a b"]), "received a generator"),
        ("a b c", "LineSentences"),
        (["a b", "c d"], "received the string 'a b'"),
        ([iter(["a", "b"]), ["c"]], "received a list_iterator"),
        ([["a", None, "b"]], "received the NoneType None"),
    ],
)
@pytest.mark.usefixtures("as_users_run_it")
def test_text_that_cannot_be_used_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        Word2Vec(Word2VecConfig(min_count=1)).fit(text, progress=False)


def test_a_text_that_ends_after_one_walk_is_told():
    class Once:
        def __init__(self):
            self.lines = iter([["a", "b"], ["b", "a"]])

        def __iter__(self):
            return self.lines

    with pytest.raises(CourseError, match="4 words; received 0 in epoch 1"):
        Word2Vec(Word2VecConfig(min_count=1)).fit(Once(), progress=False)


@pytest.mark.parametrize("algorithm", ["skip-gram", "cbow"])
def test_a_rate_that_is_too_high_is_told(algorithm):
    config = Word2VecConfig(algorithm=algorithm, d_model=5, min_count=1, rate=1e4, epochs=2)
    with pytest.raises(CourseError, match="lower the rate"):
        Word2Vec(config).fit(kingdom.sentences(300), progress=False)


@pytest.mark.parametrize("text", [[], [[]], [["a", "a"]], [["a", "b", "c"]]])
def test_text_without_words_is_refused(text):
    with pytest.raises(CourseError, match="lower min_count or give more text"):
        Word2Vec(Word2VecConfig(min_count=2)).fit(text, progress=False)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"d_model": 0}, "d_model must be a whole number, 1 or more, received 0"),
        ({"window": 2.5}, "window must be a whole number, 1 or more, received 2.5"),
        ({"negative": 0}, "negative must be a whole number, 1 or more"),
        ({"batch_pairs": 0}, "batch_pairs must be a whole number, 1 or more"),
        ({"sample": 2.0}, r"sample must lie in 0 \.\. 1"),
        ({"rate": 0.0}, "0 < min_rate ≤ rate"),
        ({"algorithm": "sg"}, "'skip-gram' or 'cbow', received 'sg'"),
        ({"engine": "gpu"}, "'fast' or 'torch', received 'gpu'"),
        ({"engine": "torch", "workers": 2}, "torch engine has one worker"),
    ],
)
@pytest.mark.usefixtures("as_users_run_it")
def test_settings_that_make_no_sense_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        Word2VecConfig(**wrong)


def test_no_such_file():
    with pytest.raises(FileNotFoundError, match="no text file"):
        LineSentences("nowhere.txt")
