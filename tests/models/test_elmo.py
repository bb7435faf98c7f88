"""Does a file of the published layout give the published vectors, and carry state as published?"""

import json

import h5py
import numpy as np
import pytest
import torch
from elmo_reference import OPTIONS, activations, random_arrays, token_vector, write
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from course_lib.errors import CourseError
from course_lib.layers.scalar_mix import ScalarMix
from course_lib.models import elmo_weights
from course_lib.models.elmo import Elmo
from course_lib.models.elmo_characters import check_sentences
from course_lib.models.elmo_config import ElmoConfig

BATCH = [
    "the kernel of the operating system".split(),
    ["naïve", "한국어", "x" * 60],
    [],
    "a kernel".split(),
]


@pytest.fixture(scope="module")
def arrays():
    return random_arrays(OPTIONS, seed=0)


@pytest.fixture(scope="module")
def paths(arrays, tmp_path_factory):
    return write(tmp_path_factory.mktemp("elmo"), OPTIONS, arrays)


@pytest.fixture
def elmo(paths):
    return Elmo.from_allennlp(*paths)


def close(ours, expected):
    """Published weights have to give the published vectors to 1e-5."""
    assert ours.shape == expected.shape
    assert_close(ours, torch.from_numpy(expected).float(), atol=1e-5, rtol=0)


def variants():
    """Options that change the arithmetic, by name."""

    def changed(part, **entries):
        return {**OPTIONS, part: {**OPTIONS[part], **entries}}

    return {
        "as published": OPTIONS,
        "tanh": changed("char_cnn", activation="tanh"),
        "no highway": changed("char_cnn", n_highway=0),
        "no clips": changed("lstm", cell_clip=0, proj_clip=None),
        "no skip": changed("lstm", use_skip_connections=False),
        "one layer": changed("lstm", n_layers=1),
        "262 in the options": changed("char_cnn", n_characters=262),
    }


@pytest.mark.parametrize("name", variants())
def test_forward_equals_the_reference(name, tmp_path):
    options = variants()[name]
    arrays = random_arrays(options, seed=1)
    ours = Elmo.from_allennlp(*write(tmp_path, options, arrays)).layer_activations(BATCH)
    assert len(ours) == len(BATCH)
    for row, tokens in zip(ours, BATCH, strict=True):
        close(row, activations(options, arrays, tokens)[0])


def test_the_clips_are_reached(arrays):
    """Else the test above would pass without them."""
    free = {**OPTIONS, "lstm": {**OPTIONS["lstm"], "cell_clip": None}}
    only_cell = {**OPTIONS, "lstm": {**OPTIONS["lstm"], "proj_clip": None}}
    expected = activations(OPTIONS, arrays, BATCH[0])[0]
    for options in (free, only_cell):
        assert np.abs(activations(options, arrays, BATCH[0])[0] - expected).max() > 0.01


def test_token_layer_equals_the_reference(elmo, arrays):
    for row, tokens in zip(elmo.token_layer(BATCH), BATCH, strict=True):
        expected = [token_vector(OPTIONS, arrays, token) for token in tokens]
        close(row, np.array(expected).reshape(len(tokens), 7))


def test_mix_of_all_layers_counts_the_token_layer_twice_as_wide(elmo, arrays):
    """By hand: w = (0, 0, 0, log 3) gives shares 1/6, 1/6, 1/6, 1/2; γ = 2."""
    mix = ScalarMix(4, initial=[0.0, 0.0, 0.0, float(np.log(3))])
    mix.gamma.data.fill_(2.0)
    for row, tokens in zip(elmo.mix(BATCH, mix), BATCH, strict=True):
        words = [np.tile(token_vector(OPTIONS, arrays, t), 2) for t in tokens]
        layers = activations(OPTIONS, arrays, tokens)[0]
        token = np.array(words).reshape(len(tokens), 14)
        close(row.detach(), 2 * (token / 6 + layers[0] / 6 + layers[1] / 6 + layers[2] / 2))


def test_state_is_carried_row_by_row_whatever_the_batch(elmo, arrays):
    """The published rules: more rows start from zeros, missing rows keep theirs, empty ones read.

    An empty row still reads <S> and </S>, so its state moves on.
    """
    calls = [
        [["a", "kernel"], ["the", "head", "of", "a", "list"]],
        [["an", "axis"], [], ["head"]],  # a third row joins, the second is empty
        [["only", "one"]],  # two rows are missing
        [["b"], ["c", "d"], ["e"], ["f", "g", "h"]],
    ]
    states = {}
    for batch in calls:
        ours = elmo.layer_activations(batch, stateful=True)
        for row, tokens in enumerate(batch):
            expected, states[row] = activations(OPTIONS, arrays, tokens, states.get(row))
            close(ours[row], expected)


def test_a_stateless_call_starts_from_zeros_and_leaves_the_state_alone(elmo):
    fresh = elmo.layer_activations([["a", "kernel"]])[0]
    first = elmo.layer_activations([["a", "kernel"]], stateful=True)[0]
    assert_close(first, fresh)
    assert_close(elmo.layer_activations([["a", "kernel"]])[0], fresh)
    second = elmo.layer_activations([["a", "kernel"]], stateful=True)[0]
    assert (second - fresh).abs().max() > 1e-3
    elmo.reset_state()
    assert_close(elmo.layer_activations([["a", "kernel"]], stateful=True)[0], fresh)


def test_stateful_may_be_chosen_when_the_model_is_read(paths):
    kept, forgetful = Elmo.from_allennlp(*paths, stateful=True), Elmo.from_allennlp(*paths)
    for model, changes in ((kept, True), (forgetful, False)):
        first, second = (model.layer_activations([["head"]])[0] for _ in range(2))
        assert ((first - second).abs().max() > 1e-3) == changes


def test_the_vectors_come_frozen(elmo):
    assert not elmo.training
    assert not elmo.layer_activations([["head"]])[0].requires_grad


def test_save_and_load_in_the_published_layout(tmp_path, arrays, paths):
    ours = Elmo(ElmoConfig.tiny()).eval()
    files = tmp_path / "options.json", tmp_path / "weights.hdf5"
    elmo_weights.save(ours, *files)
    theirs = Elmo.from_allennlp(*files)
    assert theirs.config == ours.config
    for a, b in zip(theirs.layer_activations(BATCH), ours.layer_activations(BATCH), strict=True):
        assert_close(a, b)
    elmo_weights.save(Elmo.from_allennlp(*paths), *files)  # and what was read comes out as it was
    with h5py.File(files[1]) as file:
        for name, array in arrays.items():
            np.testing.assert_allclose(file[name][...], array, atol=1e-6)


def test_a_file_with_a_row_more_than_needed_is_read_as_well(tmp_path, arrays):
    more = {**arrays, "char_embed": np.concatenate([arrays["char_embed"], np.ones((1, 5), "f4")])}
    ours = Elmo.from_allennlp(*write(tmp_path, OPTIONS, more)).layer_activations(BATCH[:1])[0]
    close(ours, activations(OPTIONS, arrays, BATCH[0])[0])


words = st.lists(st.text(min_size=1, max_size=5), max_size=5)
torch.manual_seed(0)
RANDOM = Elmo(ElmoConfig.tiny()).eval().requires_grad_(False)


@settings(max_examples=25)
@given(st.lists(words, min_size=1, max_size=4))
def test_a_row_does_not_depend_on_its_neighbours(batch):
    together = RANDOM.layer_activations(batch)
    for tokens, row in zip(batch, together, strict=True):
        assert_close(row, RANDOM.layer_activations([tokens])[0])


@settings(max_examples=25)
@given(words, words, words)
def test_neither_direction_sees_what_lies_ahead_of_it(start, one, other):
    width = RANDOM.config.projection_dim
    a = RANDOM.layer_activations([start + one])[0][:, : len(start), :width]
    b = RANDOM.layer_activations([start + other])[0][:, : len(start), :width]
    assert_close(a, b)
    n = len(start)
    a = RANDOM.layer_activations([one + start])[0][:, len(one) :, width:]
    b = RANDOM.layer_activations([other + start])[0][:, len(other) :, width:]
    assert a.shape[1] == b.shape[1] == n
    assert_close(a, b)


def test_both_directions_see_what_lies_behind_them():
    a, b = RANDOM.layer_activations([["river", "bank", "is"], ["money", "bank", "was"]])
    width = RANDOM.config.projection_dim
    assert (a[:, 1, :width] - b[:, 1, :width]).abs().max() > 1e-4
    assert (a[:, 1, width:] - b[:, 1, width:]).abs().max() > 1e-4
    assert_close(*(row[1] for row in RANDOM.token_layer([["a", "bank"], ["the", "bank"]])))


def test_no_sentences_no_vectors():
    assert RANDOM.layer_activations([]) == RANDOM.token_layer([]) == []
    assert RANDOM.mix([], ScalarMix(3)) == []
    assert RANDOM.layer_activations([[]])[0].shape == (2, 0, 22)


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ("a head", "expected a list of token lists, received the string 'a head'"),
        (["a head"], "row 0 must be a list of tokens, received the string 'a head': split it"),
    ],
)
def test_what_is_no_batch_is_refused(batch, message):
    for call in (RANDOM.layer_activations, RANDOM.token_layer):
        with pytest.raises(ValueError, match=message):
            call(batch)


def test_tokens_that_are_no_strings_are_refused():
    with pytest.raises(ValueError, match="row 1 must hold strings, received 3"):
        check_sentences([["a"], [3]])


def broken(paths, tmp_path, change):
    folder = tmp_path / "broken"
    folder.mkdir()
    with h5py.File(paths[1]) as file:
        found = {}
        file.visititems(lambda name, node: found.update({name: node[...]})
                        if isinstance(node, h5py.Dataset) else None)  # fmt: skip
    options = json.loads(paths[0].read_text())
    change(options, found)
    return write(folder, options, found)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda o, a: a.pop("CNN_proj/W_proj"), "an entry CNN_proj/W_proj in weights.hdf5"),
        (lambda o, a: a.update({"CNN/b_cnn_1": np.zeros(4)}), r"b_cnn_1 of shape \(5,\).*\(4,\)"),
        (lambda o, a: a.update({"char_embed": np.zeros((260, 5))}), r"char_embed.*\(260, 5\)"),
        (lambda o, a: o["lstm"].update(dim=13), r"W_0 of shape \(14, 52\).*\(14, 44\)"),
        (lambda o, a: o["lstm"].update(n_layers=2), "6 more, such as RNN_0/RNN/MultiRNNCell/Cell2"),
        (lambda o, a: o["char_cnn"].update(n_highway=1), "4 more, such as CNN_high_1"),
        (lambda o, a: a.update({"CNN/b_cnn_3": np.zeros(4)}), "1 more, such as CNN/b_cnn_3"),
        (lambda o, a: o.pop("char_cnn"), "no entry 'char_cnn'"),
        (lambda o, a: o["char_cnn"].update(activation="elu"), "relu or tanh, received 'elu'"),
    ],
)
def test_files_that_do_not_fit_are_refused_in_one_sentence(paths, tmp_path, change, message):
    with pytest.raises(CourseError, match=message):
        Elmo.from_allennlp(*broken(paths, tmp_path, change))


def test_missing_and_damaged_files_are_refused(paths, tmp_path):
    damaged = tmp_path / "weights.hdf5"
    damaged.write_bytes(paths[1].read_bytes()[:100])
    for files in ((paths[0], damaged), (paths[0], tmp_path / "none"), (tmp_path / "no", paths[1])):
        with pytest.raises(CourseError, match="give the path of the file"):
            Elmo.from_allennlp(*files)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"lstm_dim": 0}, "lstm_dim must be 1 or more, received 0"),
        ({"n_highway": -1}, "n_highway must be 0 or more, received -1"),
        ({"cell_clip": 0.0}, "cell_clip must be above 0, or None"),
        ({"filters": ()}, "filters must be pairs"),
        ({"filters": ((51, 3),)}, r"width 1 \.\. 50"),
        ({"max_characters": 2}, "max_characters must be 3 or more"),
    ],
)
def test_sizes_that_cannot_be_are_refused(entries, message):
    sizes = {"char_dim": 3, "filters": ((1, 5),), "n_highway": 1, "projection_dim": 7}
    with pytest.raises(ValueError, match=message):
        ElmoConfig(**{**sizes, "lstm_dim": 13, **entries})


def test_the_papers_model_has_93_6_million_parameters():
    """Known: AllenNLP names its "original" ELMo 93.6 M."""
    with torch.device("meta"):
        elmo = Elmo(ElmoConfig.original())
    assert round(sum(p.numel() for p in elmo.parameters()) / 1e6, 1) == 93.6
