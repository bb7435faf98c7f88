"""Do the three stages learn, with the rates and the freezing that they were told?"""

import pytest
import torch
from torch import nn

from course_lib.models.awd_lstm import AwdLstmConfig
from course_lib.models.ulmfit import LanguageModel, TextClassifier
from course_lib.models.ulmfit_batches import strips
from course_lib.training.speed import PLAIN, Speed
from course_lib.transfer.schedules import slanted_triangular
from course_lib.transfer.ulmfit_stages import (
    Tuning,
    optimiser,
    perplexity,
    predict,
    train_classifier,
    train_language_model,
)

V, C = 13, 2


def config(drops: float = 0.0) -> AwdLstmConfig:
    return AwdLstmConfig(vocab_size=V, d_model=11, d_hidden=17, n_layers=2).with_drops(drops)


def counting(n: int = 3000, batch_size: int = 4) -> torch.Tensor:
    """Strips of 1, 2, …, 12, 1, 2, …: the next token is always sure."""
    return strips(torch.arange(n) % (V - 1) + 1, batch_size)


def labelled(seed: int, n: int = 60) -> tuple[list[list[int]], list[int]]:
    """Texts of words 1 to 6, label 1 where word 7 stands somewhere in them."""
    draw = torch.Generator().manual_seed(seed)
    texts = [torch.randint(1, 7, (length,), generator=draw).tolist() for length in range(3, n + 3)]
    labels = [i % 2 for i in range(n)]
    for text, label in zip(texts, labels, strict=True):
        if label:
            text[len(text) // 2] = 7
    return texts, labels


def changed(before: dict[str, torch.Tensor], model: nn.Module) -> set[str]:
    """Return the groups in which a parameter moved."""
    return {
        name
        for name, group in model.layer_groups().items()
        if any(not torch.equal(p, before[f"{name}.{n}"]) for n, p in group.named_parameters())
    }


def snapshot(model) -> dict[str, torch.Tensor]:
    return {
        f"{name}.{n}": p.detach().clone()
        for name, group in model.layer_groups().items()
        for n, p in group.named_parameters()
    }


def test_language_model_learns_to_count_and_perplexity_falls_to_one():
    torch.manual_seed(0)
    model = LanguageModel(config())
    assert perplexity(model, counting()) == pytest.approx(V, rel=0.2)
    tuning = Tuning(lr=0.03, epochs=4, factor=1.0)
    history = train_language_model(model, counting(), counting(500), tuning, bptt=20)
    assert -history.scores[-1] < 1.3
    assert perplexity(model, counting(500)) == pytest.approx(-max(history.scores))


def trained(speed: Speed) -> LanguageModel:
    torch.manual_seed(3)
    model = LanguageModel(config(0.5))
    tuning = Tuning(lr=0.01, epochs=1, factor=1.0)
    train_language_model(model, counting(900), counting(200), tuning, bptt=20, speed=speed)
    return model


def test_a_sample_of_all_words_trains_the_same_weights():
    """Forty steps of Adam let differences in the last digit grow: 1e-4 of weights of size 1."""
    plain, fast = trained(PLAIN), trained(Speed(sample=10**6, engine="fast"))
    for ours, theirs in zip(fast.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-4)


def test_a_sample_trains_a_network_that_the_exact_perplexity_finds_good():
    torch.manual_seed(0)
    model = LanguageModel(config())
    tuning = Tuning(lr=0.03, epochs=4, factor=1.0)
    speed = Speed(sample=7, engine="fast")
    history = train_language_model(model, counting(), counting(500), tuning, bptt=20, speed=speed)
    assert -history.scores[-1] < 1.3
    assert all(layer.engine == "torch" for layer in model.encoder.layers), "left as it was"


@pytest.mark.parametrize(
    ("means", "message"),
    [
        ({"sample": 0}, "sample must be 1 or more, or None, received 0"),
        ({"engine": "quick"}, "engine is one of torch, fast, received 'quick'"),
        ({"precision": "half"}, "precision is one of float32, bfloat16, auto, received 'half'"),
    ],
)
def test_means_that_do_not_exist_are_refused(means, message):
    with pytest.raises(ValueError, match=message):
        Speed(**means)


def test_perplexity_by_hand():
    """All weights 0: every one of the V words has probability 1 / V, so the perplexity is V."""
    model = LanguageModel(config())
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    assert perplexity(model, counting(100)) == pytest.approx(V)


def test_perplexity_carries_the_state_over_windows():
    model = LanguageModel(config()).eval()
    one = perplexity(model, counting(400), bptt=1000)
    assert perplexity(model, counting(400), bptt=7) == pytest.approx(one, rel=1e-5)


@pytest.mark.parametrize("speed", [PLAIN, Speed(sample=5, engine="fast", precision="bfloat16")])
def test_an_interrupted_run_ends_with_the_same_weights(tmp_path, monkeypatch, speed):
    def run(resume_from, stop_after=None):
        torch.manual_seed(1)
        model = LanguageModel(config(0.5))
        if stop_after is not None:
            from course_lib.training import loop

            saves, save = [], loop.save_state

            def save_and_stop(path, state):
                save(path, state)
                saves.append(path)
                if len(saves) == stop_after:
                    raise KeyboardInterrupt

            monkeypatch.setattr(loop, "save_state", save_and_stop)
        tuning = Tuning(lr=0.01, epochs=2)
        train_language_model(
            model,
            counting(900),
            counting(200),
            tuning,
            bptt=20,
            parts=3,
            speed=speed,
            resume_from=resume_from,
        )
        return model.state_dict()

    whole = run(None)
    path = tmp_path / "run.state"
    with pytest.raises(KeyboardInterrupt):
        run(path, stop_after=4)
    monkeypatch.undo()
    assert path.exists()
    resumed = run(path)
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    assert not path.exists()


def test_training_carries_the_state_from_window_to_window_without_its_history():
    model = LanguageModel(config())
    seen = []
    model.register_forward_pre_hook(
        lambda network, args: seen.append(args[1]) if network.training else None
    )
    rows = counting(400)  # 100 columns in 2 parts: windows of about 20 tokens
    train_language_model(model, rows, rows, Tuning(lr=0.01, epochs=1), bptt=20, parts=2)
    starts = [i for i, state in enumerate(seen) if state is None]
    assert len(starts) == 2, "each part begins without a state"
    assert starts[0] == 0
    carried = [state for state in seen if state is not None]
    assert len(carried) >= 2
    assert not any(tensor.requires_grad for state in carried for pair in state for tensor in pair)
    assert all(pair[0].abs().sum() > 0 for state in carried for pair in state)


@pytest.mark.parametrize("parts", [0, 400])
def test_parts_that_do_not_fit_are_refused(parts):
    rows = counting(900)
    with pytest.raises(ValueError, match=r"parts must lie in 1 \.\. 112"):
        train_language_model(
            LanguageModel(config()), rows, rows, Tuning(lr=0.1, epochs=1), parts=parts
        )


def test_rates_of_a_classifier_by_hand():
    """0.26 for the head, then 0.1, 0.1 / 2.6, 0.1 / 2.6²; a hundred steps, so the cut is 10.

    Step 0 has 1 / 32 of the rate and step 10 all of it.
    """
    model = TextClassifier(config(), C)
    tuning = Tuning(lr=0.26, epochs=1)
    optimizer, scheduler = optimiser(model.layer_groups(), tuning, n_steps=100)
    full = [0.1 / 2.6**2, 0.1 / 2.6, 0.1, 0.26]
    assert [g["lr"] for g in optimizer.param_groups] == pytest.approx([r / 32 for r in full])
    for _ in range(10):
        optimizer.step()
        scheduler.step()
    assert [g["lr"] for g in optimizer.param_groups] == pytest.approx(full)
    assert slanted_triangular(10, 100) == 1


def test_every_stage_uses_adam_with_the_classifiers_betas():
    """The deviation from NT-ASGD, and section 4.1 of Howard and Ruder: β1 = 0.7, β2 = 0.99."""
    for model in (LanguageModel(config()), TextClassifier(config(), C)):
        optimizer, _ = optimiser(model.layer_groups(), Tuning(lr=0.1, epochs=1), 10)
        assert isinstance(optimizer, torch.optim.Adam)
        assert all(group["betas"] == (0.7, 0.99) for group in optimizer.param_groups)


def test_without_the_techniques_all_rates_are_one_constant():
    tuning = Tuning(lr=0.3, epochs=1, factor=1.0, slanted=False)
    groups = TextClassifier(config(), C).layer_groups()
    optimizer, scheduler = optimiser(groups, tuning, n_steps=100)
    for _ in range(3):
        assert [g["lr"] for g in optimizer.param_groups] == pytest.approx([0.3] * 4)
        optimizer.step()
        scheduler.step()


def test_gradients_are_clipped_before_the_step():
    model = TextClassifier(config(), C)
    optimizer, _ = optimiser(model.layer_groups(), Tuning(lr=0.1, epochs=1, clip=0.5), 10)
    for p in model.parameters():
        p.grad = torch.ones_like(p)
    optimizer.step()
    norm = torch.stack([p.grad.norm() for p in model.parameters()]).norm()
    assert norm.item() == pytest.approx(0.5, rel=1e-3)


@pytest.mark.parametrize(("epochs", "moved"), [(1, {"head"}), (2, {"head", "lstm_2"})])
def test_gradual_unfreezing_moves_the_last_groups_first(epochs, moved):
    torch.manual_seed(2)
    model = TextClassifier(config(), C)
    before = snapshot(model)
    train_classifier(model, *labelled(0), Tuning(lr=0.01, epochs=epochs, batch_size=20))
    assert changed(before, model) == moved


def test_in_one_pass_cut_into_parts_every_group_has_its_turn():
    torch.manual_seed(2)
    model = TextClassifier(config(), C)
    before, calls = snapshot(model), []
    model.register_forward_pre_hook(lambda _, given: calls.append(given[0]))
    texts, labels = labelled(0)
    history = train_classifier(
        model, texts, labels, Tuning(lr=0.01, epochs=1, batch_size=15), parts=4
    )
    assert changed(before, model) == {"words", "lstm_1", "lstm_2", "head"}
    assert len(history.losses) == 4
    read = sorted([i for i in row if i] for x in calls for row in x.tolist())
    assert read == sorted(map(list, texts)), "each text once in a pass"
    with pytest.raises(ValueError, match=r"parts must lie in 1 \.\. 4, received 5"):
        train_classifier(model, texts, labels, Tuning(lr=0.01, epochs=1, batch_size=15), parts=5)


def test_with_all_groups_from_the_start_parts_change_nothing():
    tuning = Tuning(lr=0.01, epochs=2, batch_size=15, gradual=False)
    weights = []
    for parts in (1, 3):
        torch.manual_seed(2)
        model = TextClassifier(config(0.1), C)
        train_classifier(model, *labelled(0), tuning, parts=parts)
        weights.append(model.state_dict())
    torch.testing.assert_close(weights[0], weights[1], rtol=0, atol=0)


def test_without_gradual_unfreezing_everything_moves_at_once():
    torch.manual_seed(2)
    model = TextClassifier(config(), C)
    before = snapshot(model)
    tuning = Tuning(lr=0.01, epochs=1, batch_size=20, gradual=False)
    train_classifier(model, *labelled(0), tuning)
    assert changed(before, model) == {"words", "lstm_1", "lstm_2", "head"}


def test_classifier_learns_what_stands_in_the_middle_of_a_text():
    torch.manual_seed(3)
    model = TextClassifier(config(0.1), C, window=8)
    tuning = Tuning(lr=0.02, epochs=14, batch_size=10, factor=1.0)
    history = train_classifier(model, *labelled(1), tuning)
    texts, labels = labelled(2)
    right = sum(a == b for a, b in zip(predict(model, texts), labels, strict=True))
    assert history.losses[-1] < 0.3
    assert right >= 54


def test_predict_answers_in_the_order_of_the_texts_whatever_the_batch():
    model = TextClassifier(config(), 5)
    texts, _ = labelled(4, n=23)
    model.eval()
    with torch.no_grad():
        alone = [model(torch.tensor([text])).argmax().item() for text in texts]
    for batch_size in (2, 7, 100):
        assert predict(model, texts, batch_size=batch_size) == alone


@pytest.mark.parametrize(
    ("texts", "labels", "batch_size", "message"),
    [
        ([[1, 2]], [0], 4, "2 texts in a batch"),
        ([[1, 2], [3]], [0, 1], 1, "2 texts in a batch"),
        ([[1, 2], [3]], [0], 4, "2 texts, 1 labels"),
        ([[1, 2], [3]], [0, 1, 1], 4, "2 texts, 3 labels"),
        ([[1, 2], []], [0, 1], 4, "received an empty one"),
    ],
)
def test_texts_that_cannot_be_learnt_from_are_refused(texts, labels, batch_size, message):
    model = TextClassifier.from_language_model(LanguageModel(config()), 2)
    with pytest.raises(ValueError, match=message):
        train_classifier(model, texts, labels, Tuning(lr=0.1, epochs=1, batch_size=batch_size))


@pytest.mark.parametrize("name", ["lr", "epochs", "batch_size", "factor", "clip"])
def test_settings_that_are_not_positive_are_refused(name):
    with pytest.raises(ValueError, match=f"{name} must be positive, received 0"):
        Tuning(**({"lr": 0.1, "epochs": 1} | {name: 0}))
