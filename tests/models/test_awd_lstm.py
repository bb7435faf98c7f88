"""Is the AWD-LSTM torch's LSTM where nothing is dropped, and does it drop in the right places?"""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from course_lib.models.awd_lstm import AwdLstm, AwdLstmConfig, WeightDropLstm, detached

B, T, V, D, H = 3, 5, 23, 7, 11  # primes: a swapped axis cannot pass


def config(**changes) -> AwdLstmConfig:
    sizes = {"vocab_size": V, "d_model": D, "d_hidden": H, "n_layers": 3}
    return AwdLstmConfig(**(sizes | changes))


def ids(seed: int, length: int = T) -> torch.Tensor:
    return torch.randint(V, (B, length), generator=torch.Generator().manual_seed(seed))


def theirs_of(ours: WeightDropLstm) -> nn.LSTM:
    theirs = nn.LSTM(ours.d_in, ours.d_hidden, batch_first=True)
    theirs.load_state_dict(ours.state_dict())  # the names are torch's own
    return theirs


@pytest.mark.parametrize(("weight_drop", "training"), [(0.0, True), (0.5, False)])
@pytest.mark.parametrize("with_state", [False, True])
def test_parity_of_a_layer_with_torch(weight_drop, training, with_state):
    torch.manual_seed(0)
    ours = WeightDropLstm(D, H, weight_drop).train(training)
    theirs = theirs_of(ours)
    state = (torch.randn(1, B, H), torch.randn(1, B, H)) if with_state else None
    inputs = [torch.randn(B, T, D).requires_grad_()]
    inputs.append(inputs[0].detach().clone().requires_grad_())
    weights = torch.randn(B, T, H)
    results = [layer(x, state) for layer, x in zip((ours, theirs), inputs, strict=True)]
    for output, (h, c) in results:
        ((output * weights).sum() + h.sum() + c.pow(2).sum()).backward()
    assert_close(results[0], results[1])
    assert_close(inputs[0].grad, inputs[1].grad)
    for name, parameter in theirs.named_parameters():
        assert_close(getattr(ours, name).grad, parameter.grad)


def test_parity_of_the_stack_with_torch():
    torch.manual_seed(1)
    ours = AwdLstm(config()).eval()
    x = ours.embedding.weight[ids(1)]
    for layer in ours.layers:
        x, _ = theirs_of(layer)(x)
    out = ours(ids(1))
    assert_close(out.raw, x)
    assert_close(out.dropped, x)


def test_one_step_by_hand():
    """Golden. All weights 0 but the candidate's input weight 1, all biases 0, x = 2, state 0.

    Gates i, f, o = sigmoid(0) = 1/2, candidate g = tanh(2) = 0.9640276.
    c = 1/2 · 0 + 1/2 · 0.9640276 = 0.4820138, h = 1/2 · tanh(c) = 1/2 · 0.4478550 = 0.2239275.
    """
    layer = WeightDropLstm(1, 1)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.zero_()
        layer.weight_ih_l0[2] = 1  # gates lie as i, f, g, o
    output, (h, c) = layer(torch.tensor([[[2.0]]]))
    assert c.item() == pytest.approx(0.4820138)
    assert output.item() == h.item() == pytest.approx(0.2239275, abs=1e-6)


def test_weight_drop_takes_recurrent_weights_alone_and_one_mask_a_call():
    torch.manual_seed(2)
    layer = WeightDropLstm(D, H, weight_drop=0.5)
    x = torch.randn(B, T, D)
    first, _ = layer(x)
    second, _ = layer(x)
    # step 1 has no memory yet, so the recurrent weights do not act; from step 2 on they do
    assert_close(first[:, 0], second[:, 0])
    assert not torch.equal(first[:, 1], second[:, 1])
    first.sum().backward()
    dropped = layer.weight_hh_l0.grad == 0
    assert 0.35 < dropped.float().mean() < 0.65, "a weight dropped at every step gets no gradient"
    assert (layer.weight_ih_l0.grad != 0).all()


def test_a_dropped_word_is_dropped_at_each_of_its_places():
    torch.manual_seed(3)
    model = AwdLstm(config(input_drop=0.0, embedding_drop=0.5))
    seen = []
    model.layers[0].register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    model(torch.arange(V).repeat(2, 2))
    vectors = seen[0].view(2, 2, V, D)
    assert_close(vectors, vectors[:1, :1].expand(2, 2, V, D))
    assert 0 < (vectors[0, 0].abs().sum(dim=1) == 0).sum() < V


def test_eval_is_deterministic_and_train_is_not():
    torch.manual_seed(4)
    model = AwdLstm(config())
    assert not torch.equal(model(ids(4)).raw, model(ids(4)).raw)
    model.eval()
    assert torch.equal(model(ids(4)).raw, model(ids(4)).raw)


def test_reading_in_two_windows_equals_reading_at_once():
    model = AwdLstm(config()).eval()
    whole = model(ids(5, 9))
    first = model(ids(5, 9)[:, :4])
    second = model(ids(5, 9)[:, 4:], first.state)
    assert_close(torch.cat([first.raw, second.raw], dim=1), whole.raw)
    assert_close(second.state, whole.state)


def test_the_future_changes_nothing():
    model = AwdLstm(config()).eval()
    changed = ids(6).clone()
    changed[:, -1] = (changed[:, -1] + 1) % V
    assert_close(model(changed).raw[:, :-1], model(ids(6)).raw[:, :-1])


def test_gradients_stop_at_a_detached_state():
    model = AwdLstm(config()).eval()
    first = model(ids(7))
    first.raw.retain_grad()
    model(ids(8), detached(first.state)).raw.sum().backward()
    assert first.raw.grad is None
    model(ids(8), model(ids(7)).state).raw.sum().backward()  # and without it they do not stop
    assert model.embedding.weight.grad is not None


def test_sizes_and_presets():
    base = AwdLstmConfig.base(30_000)
    assert base.widths == [400, 1150, 1150, 400]
    assert AwdLstmConfig.small(100).with_drops(0.0).weight_drop == 0
    layers = AwdLstm(config()).layers
    assert [(layer.d_in, layer.d_hidden) for layer in layers] == [(D, H), (H, H), (H, D)]
    assert AwdLstm(config(n_layers=1)).layers[0].d_hidden == D


@pytest.mark.parametrize("name", ["vocab_size", "d_model", "d_hidden", "n_layers"])
def test_sizes_below_one_are_refused(name):
    with pytest.raises(ValueError, match=f"{name} must be 1 or more, received 0"):
        config(**{name: 0})


@pytest.mark.parametrize(
    "name", ["embedding_drop", "input_drop", "hidden_drop", "output_drop", "weight_drop"]
)
def test_rates_that_are_no_probability_are_refused(name):
    with pytest.raises(ValueError, match=f"{name} must lie in"):
        config(**{name: 1.0})


def test_a_state_of_another_batch_is_refused():
    model = AwdLstm(config())
    state = model(ids(9)).state
    with pytest.raises(ValueError, match="the state is of 3 texts, the batch has 2"):
        model(ids(9)[:2], state)


@pytest.mark.parametrize("wrong", [-1, V])
def test_an_id_outside_the_vocabulary_is_refused(wrong):
    with pytest.raises(IndexError):
        AwdLstm(config())(torch.tensor([[wrong]]))
