import io
import math
import os
import signal
import subprocess
import sys
import time
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

from notebooklib import language, training
from notebooklib.device import NumberFormat, autocast
from notebooklib.training import (
    History,
    ProgressBar,
    evaluate,
    fit,
    load_checkpoint,
    minibatches,
    save_checkpoint,
    seeded,
    warm_cosine,
)

X = torch.linspace(-1, 1, 24, dtype=torch.float64)[:, None]
Y = torch.sin(3 * X)


def mean_square(model, batch):
    x, y = batch
    return ((model(x) - y) ** 2).mean()


def make(dropout=0.0, lr=0.01):
    with seeded(1):
        model = nn.Sequential(
            nn.Linear(1, 8), nn.Tanh(), nn.Dropout(dropout), nn.Linear(8, 1)
        ).double()
    return model, torch.optim.Adam(model.parameters(), lr=lr)


def train(model, optimizer, epochs=4, **settings):
    return fit(model, minibatches(X, Y, size=8), mean_square, optimizer, epochs, **settings)


def same(one, two):
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


class Scripted:
    """A held-out loss that follows a script, and remembers the weights it saw."""

    def __init__(self, losses):
        self.losses, self.seen = iter(losses), []

    def __call__(self, model):
        assert not model.training and not torch.is_grad_enabled()
        self.seen.append([weight.clone() for weight in model.parameters()])
        return next(self.losses)


# the loop


def test_steps_are_those_of_a_plain_loop():
    one, two = make(), make()
    history = train(*one)
    losses = []
    for epoch in range(4):
        batches = list(minibatches(X, Y, size=8)(epoch))
        for batch in batches:
            two[1].zero_grad()
            loss = mean_square(two[0], batch)
            loss.backward()
            two[1].step()
            losses.append(loss.item())
    assert same(one[0], two[0])
    assert history.loss == pytest.approx([sum(losses[i : i + 3]) / 3 for i in range(0, 12, 3)])
    assert history.best_epoch == 3 and not history.stopped_early and history.held_out == []


def test_early_stopping_restores_the_best_weights():
    model, optimizer = make()
    script = Scripted([5.0, 3.0, 4.0, 3.5, 1.0])
    history = train(model, optimizer, epochs=5, validate=script, patience=2)
    assert history.held_out == [5.0, 3.0, 4.0, 3.5]
    assert history.stopped_early and history.best_epoch == 1 and len(history.loss) == 4
    kept = list(model.parameters())
    assert all(torch.equal(a, b) for a, b in zip(kept, script.seen[1], strict=True))
    assert not torch.equal(kept[0], script.seen[3][0])


def test_the_best_weights_are_restored_without_early_stopping_too():
    model, optimizer = make()
    script = Scripted([2.0, 1.0, 3.0, 1.0])  # the first of equals is kept
    history = train(model, optimizer, validate=script)
    assert history.best_epoch == 1 and not history.stopped_early
    assert torch.equal(next(model.parameters()), script.seen[1][0])


def test_clipping_shortens_a_long_gradient():
    weight = nn.Linear(1, 1, bias=False).double()
    before = weight.weight.item()
    history = fit(
        weight,
        lambda epoch: [None],
        lambda model, batch: 30 * model.weight.sum(),
        torch.optim.SGD(weight.parameters(), lr=1.0),
        epochs=1,
        clip=0.5,
    )
    assert before - weight.weight.item() == pytest.approx(0.5, rel=1e-6)
    assert history.gradient_norm == [30.0]


def test_the_schedule_is_followed():
    history = train(*make(), schedule=lambda step: 0.1 / (1 + step))
    assert history.learning_rate == pytest.approx([0.1 / (3 * epoch) for epoch in range(1, 5)])


def test_dropout_repeats_by_seed_and_leaves_the_callers_draws_alone():
    one, two, three = make(0.5), make(0.5), make(0.5)
    torch.manual_seed(0)
    train(*one)
    after = torch.rand(3)
    torch.manual_seed(0)
    assert torch.equal(after, torch.rand(3))
    torch.manual_seed(99)
    train(*two)
    train(*three, seed=1)
    assert same(one[0], two[0]) and not same(one[0], three[0])


def test_every_epoch_draws_anew():
    drawn = []

    def loss_fn(model, batch):
        drawn.append(torch.rand(1).item())
        return mean_square(model, batch)

    model, optimizer = make()
    fit(model, minibatches(X, Y, size=24), loss_fn, optimizer, 3)
    assert len(set(drawn)) == 3


def test_autocast_holds_the_forward_pass():
    seen = []

    def loss_fn(model, batch):
        seen.append(torch.is_autocast_enabled("cpu"))
        return mean_square(model, batch)

    model = nn.Linear(1, 1)
    numbers = NumberFormat(torch.float32, torch.bfloat16)
    fit(
        model,
        minibatches(X.float(), Y.float(), size=24),
        loss_fn,
        torch.optim.SGD(model.parameters(), lr=0.1),
        epochs=1,
        autocast=lambda: autocast(torch.device("cpu"), numbers),
    )
    assert seen == [True] and not torch.is_autocast_enabled("cpu")


def test_progress_is_told_after_each_epoch():
    told = []
    train(*make(), progress=lambda epoch, epochs, history: told.append((epoch, epochs)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_silent_unless_asked(capsys):
    train(*make())
    assert capsys.readouterr() == ("", "")


def test_the_bar_ends_its_line_at_the_end():
    stream = io.StringIO()
    train(*make(), epochs=2, progress=ProgressBar(stream, width=4))
    first, second = stream.getvalue().split("\r")[1:]
    assert first.startswith("[##..] epoch 1/2  loss ") and not first.endswith("\n")
    assert second.startswith("[####] epoch 2/2  loss ") and second.endswith("\n")


def test_a_loss_that_is_not_finite_stops_the_training():
    model, optimizer = make()
    before = [weight.clone() for weight in model.parameters()]
    with pytest.raises(FloatingPointError, match="the loss became nan at step 0 of epoch 0"):
        fit(model, lambda e: [0], lambda m, b: m[0].weight.sum() * math.nan, optimizer, 1)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "epochs: expected a whole number >= 1, got 0"),
        ({"clip": 0.0}, "clip: expected a finite number > 0, got 0.0"),
        ({"patience": 2}, "patience: expected validate beside it, got None"),
        ({"patience": 0, "validate": len}, "patience: expected a whole number >= 1, got 0"),
        ({"resume": True}, "resume: expected a checkpoint to go on from, got None"),
    ],
)
def test_fit_refuses(settings, message):
    with pytest.raises(ValueError, match=message):
        train(*make(), **settings)


def test_fit_refuses_an_empty_epoch():
    model, optimizer = make()
    with pytest.raises(ValueError, match="batches: expected at least one in epoch 0, got none"):
        fit(model, lambda epoch: [], mean_square, optimizer, 1)


# resuming


@pytest.mark.parametrize("stop_after", [1, 3])
def test_a_resumed_training_equals_an_uninterrupted_one(tmp_path, stop_after):
    settings = {"schedule": warm_cosine(0.02, 15, 2), "clip": 1.0, "seed": 3}
    settings["validate"] = lambda model: mean_square(model, (X, Y))
    whole, parts = make(0.2), make(0.2)
    expected = train(*whole, epochs=5, **settings)
    path = tmp_path / "run.pt"
    train(*parts, epochs=stop_after, checkpoint=path, **settings)
    fresh = make(0.2)
    history = train(*fresh, epochs=5, checkpoint=path, resume=True, **settings)
    assert same(whole[0], fresh[0]) and history == expected


def test_resuming_keeps_the_best_weights_of_the_first_part(tmp_path):
    path, script = tmp_path / "run.pt", Scripted([1.0, 2.0, 3.0])
    train(*make(), epochs=2, validate=script, checkpoint=path)
    model, optimizer = make()
    train(model, optimizer, epochs=3, validate=script, checkpoint=path, resume=True)
    assert torch.equal(next(model.parameters()), script.seen[0][0])


def test_a_stopped_training_stays_stopped(tmp_path):
    path = tmp_path / "run.pt"
    train(*make(), validate=Scripted([1.0, 2.0]), patience=1, checkpoint=path)
    history = train(*make(), validate=Scripted([]), patience=1, checkpoint=path, resume=True)
    assert history.stopped_early and history.held_out == [1.0, 2.0]


def test_without_resume_a_training_begins_anew(tmp_path):
    path, one, two = tmp_path / "run.pt", make(), make()
    train(*one, checkpoint=path)
    train(*two, checkpoint=path)
    assert same(one[0], two[0])


# checkpoints


def test_a_checkpoint_comes_back(tmp_path):
    state = {"a": torch.arange(3.0), "b": [1, {"c": "text"}], "d": None}
    save_checkpoint(tmp_path / "x.pt", state)
    back = load_checkpoint(tmp_path / "x.pt")
    assert torch.equal(back.pop("a"), state.pop("a")) and back == state


@pytest.mark.parametrize("breaks", ["save", "fsync", "replace"])
def test_an_interrupted_save_loses_nothing(tmp_path, monkeypatch, breaks):
    path = tmp_path / "x.pt"
    save_checkpoint(path, {"step": 1})

    def interrupted(*arguments):
        if breaks == "save":
            arguments[1].write(b"half")
        raise KeyboardInterrupt

    where = torch if breaks == "save" else os
    monkeypatch.setattr(where, breaks, interrupted)
    with pytest.raises(KeyboardInterrupt):
        save_checkpoint(path, {"step": 2})
    monkeypatch.undo()
    assert load_checkpoint(path) == {"step": 1}
    assert list(tmp_path.iterdir()) == [path]


def test_the_data_is_on_the_disk_before_it_takes_the_name(tmp_path, monkeypatch):
    order = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(
            os, name, lambda *a, real=real, name=name: (order.append(name), real(*a))
        )
    save_checkpoint(tmp_path / "x.pt", {"step": 1})
    assert order == ["fsync", "replace"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill outright")
def test_a_killed_process_leaves_a_whole_file(tmp_path):
    path = tmp_path / "x.pt"
    code = (
        "import sys, torch\nfrom notebooklib.training import save_checkpoint\n"
        "for step in range(10**9):\n"
        "    save_checkpoint(sys.argv[1], {'w': torch.full((200_000,), step * 1.0)})\n"
    )
    where = os.pathsep.join([os.path.dirname(os.path.dirname(training.__file__)), *sys.path])
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], env={**os.environ, "PYTHONPATH": where}
    )
    try:
        deadline = time.monotonic() + 60
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.2)
    finally:
        process.kill()
        process.wait()
    weights = load_checkpoint(path)["w"]
    assert len(weights) == 200_000 and (weights == weights[0]).all()


def test_nothing_in_a_checkpoint_is_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "sprung"),))

    torch.save({"a": Trap()}, tmp_path / "x.pt")
    with pytest.raises(ValueError, match="holds more than tensors"):
        load_checkpoint(tmp_path / "x.pt")
    assert not (tmp_path / "sprung").exists()


def test_checkpoints_refuse_a_missing_place(tmp_path):
    with pytest.raises(ValueError, match="path: expected a checkpoint, got nothing at"):
        load_checkpoint(tmp_path / "none.pt")
    with pytest.raises(ValueError, match="path: expected a file in an existing folder, got"):
        save_checkpoint(tmp_path / "none" / "x.pt", {})


# helpers


def test_batches_hold_every_row_once_in_a_new_order_each_epoch():
    batches = minibatches(torch.arange(10), size=4, seed=5)
    epochs = [torch.cat(list(batches(epoch))).tolist() for epoch in (0, 1, 0)]
    assert sorted(epochs[0]) == list(range(10)) and epochs[0] != epochs[1]
    assert epochs[0] == epochs[2]
    assert [len(batch) for batch in batches(0)] == [4, 4, 2]


def test_rows_of_several_tensors_stay_together():
    for x, y in minibatches(torch.arange(10), 10 * torch.arange(10), size=3)(0):
        assert torch.equal(10 * x, y)


@pytest.mark.parametrize(
    ("tensors", "size", "message"),
    [
        ([torch.zeros(3), torch.zeros(2)], 1, r"equally many rows, at least one, got \[3, 2\]"),
        ([torch.zeros(0)], 1, r"got \[0\]"),
        ([], 1, r"got \[\]"),
        ([torch.zeros(3)], 0, "size: expected a whole number >= 1, got 0"),
    ],
)
def test_batches_refuse(tensors, size, message):
    with pytest.raises(ValueError, match=message):
        minibatches(*tensors, size=size)


def test_schedule_rises_then_falls():
    rate = warm_cosine(2.0, steps=100, warm_up=10)
    rates = [rate(step) for step in range(100)]
    assert rates[9] == rates[10] == max(rates) == 2.0
    assert all(a < b for a, b in pairwise(rates[:10]))
    assert all(a > b for a, b in pairwise(rates[10:]))
    assert rate(55) == pytest.approx(1.1) and rate(100) == rate(500) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.0, 10, 0), "lr: expected a finite number > 0"),
        ((1.0, 0, 0), "steps: expected a whole number >= 1"),
        ((1.0, 10, 10), "warm_up: expected 0 to 9 steps, got 10"),
    ],
)
def test_schedule_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        warm_cosine(*arguments)


def test_seeds_differ_and_order_counts():
    def draw(*seed):
        with seeded(*seed):
            return torch.rand(1).item()

    assert len({draw(0), draw(1), draw(0, 0), draw(0, 1), draw(1, 0)}) == 5


@pytest.mark.parametrize("mode", [True, False])
def test_evaluate_leaves_the_mode(mode):
    model = nn.Dropout().train(mode)
    with pytest.raises(RuntimeError):
        evaluate(model, lambda model: (_ for _ in ()).throw(RuntimeError))
    assert evaluate(model, lambda model: model.training) == 0.0 and model.training is mode


def test_history_begins_empty():
    assert History() == History([], [], [], [], -1, False)


def broken_root(model, batch):  # a finite loss whose gradient is 0/0
    w = model[0].weight.sum()
    return mean_square(model, batch) + torch.sqrt((w - w) ** 2)


@pytest.mark.parametrize("clip", [None, 1.0])
def test_a_gradient_that_is_not_finite_moves_no_weight(tmp_path, clip):
    (model, optimizer), path = make(), tmp_path / "x.pt"
    train(model, optimizer, epochs=1, checkpoint=path)
    before = [weight.clone() for weight in model.parameters()]
    with pytest.raises(FloatingPointError, match="norm became nan at step 3 of epoch 1"):
        fit(
            model,
            minibatches(X, Y, size=24),
            broken_root,
            optimizer,
            2,
            clip=clip,
            checkpoint=path,
            resume=True,
        )
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))
    assert all(weight.isfinite().all() for weight in load_checkpoint(path)["model"].values())
    train(model, optimizer, epochs=1)  # the optimizer is of use still
    assert all(weight.isfinite().all() for weight in model.parameters())


def test_a_norm_beyond_float32_moves_no_weight():
    model = nn.Linear(2, 2, bias=False)
    with pytest.raises(FloatingPointError, match="norm became inf"):
        fit(
            model,
            lambda epoch: [0],
            lambda model, batch: model.weight.sum() * 1e20,
            torch.optim.SGD(model.parameters(), lr=1e-30),
            1,
        )
    assert model.weight.isfinite().all()


def test_nan_is_never_the_best_held_out_loss():
    history = train(*make(), validate=Scripted([math.nan, 3.0, math.nan, 2.0]), patience=3)
    assert history.best_epoch == 3 and not history.stopped_early
    history = train(*make(), validate=Scripted([3.0, math.nan, math.nan]), patience=2)
    assert history.best_epoch == 0 and history.stopped_early and len(history.loss) == 3
    history = train(*make(), validate=Scripted([math.nan, math.nan, math.nan]), patience=2)
    assert history.best_epoch == 0 and history.stopped_early and len(history.loss) == 3


@pytest.mark.parametrize("where", ["schedule", "optimizer"])
def test_a_learning_rate_of_numpy_can_be_resumed(tmp_path, where):
    path, lr = tmp_path / "x.pt", 0.01
    settings = {"checkpoint": path}
    if where == "schedule":
        settings["schedule"] = lambda step: np.interp(step, [0, 12], [0.01, 0.001])
    else:
        lr = np.float64(0.01)
    train(*make(lr), epochs=1, **settings)
    assert len(train(*make(lr), epochs=2, resume=True, **settings).loss) == 2


def test_numpys_numbers_come_back_as_pythons(tmp_path):
    save_checkpoint(tmp_path / "x.pt", {"a": [np.float64(0.5), (np.int64(3), {"b": np.bool_(1)})]})
    assert load_checkpoint(tmp_path / "x.pt") == {"a": [0.5, (3, {"b": True})]}


def test_a_larger_patience_goes_on(tmp_path):
    path = tmp_path / "x.pt"
    train(*make(), validate=Scripted([1.0, 2.0]), patience=1, checkpoint=path)
    history = train(
        *make(), validate=Scripted([0.5, 0.4]), patience=2, checkpoint=path, resume=True
    )
    assert history.held_out == [1.0, 2.0, 0.5, 0.4] and not history.stopped_early


def test_fewer_epochs_than_done_are_refused(tmp_path):
    path, (model, optimizer) = tmp_path / "x.pt", make()
    train(*make(), epochs=3, checkpoint=path)
    before = model[0].weight.clone()
    with pytest.raises(ValueError, match="epochs: expected the 3 of the checkpoint or more, got 2"):
        train(model, optimizer, epochs=2, checkpoint=path, resume=True)
    assert torch.equal(before, model[0].weight)


def test_validate_is_there_from_the_start_or_never(tmp_path):
    one, two = tmp_path / "one.pt", tmp_path / "two.pt"
    train(*make(), epochs=2, checkpoint=one, validate=Scripted([1.0, 2.0]))
    with pytest.raises(ValueError, match="validate: expected one, as in the checkpoint's 2 epochs"):
        train(*make(), checkpoint=one, resume=True)
    train(*make(), epochs=2, checkpoint=two)
    with pytest.raises(ValueError, match="validate: expected none, as in the checkpoint's 2"):
        train(*make(), checkpoint=two, resume=True, validate=Scripted([1.0, 2.0]))


def test_a_checkpoint_without_a_place_is_refused_before_the_first_step(tmp_path):
    seen = []
    for path in (tmp_path / "none" / "x.pt", tmp_path):
        for resume in (False, True):
            model, optimizer = make()
            with pytest.raises(ValueError, match="path: expected a file in an existing folder"):
                fit(
                    model, lambda e: seen.append(e), mean_square, optimizer, 1,
                    checkpoint=path, resume=resume,
                )  # fmt: skip
    assert seen == []


def test_only_what_the_optimizer_moves_is_clipped():
    body, head = nn.Linear(1, 1).double(), nn.Linear(1, 1).double()
    model = nn.Sequential(body, head)
    optimizer = torch.optim.SGD(head.parameters(), lr=1e-300)
    history = fit(model, lambda epoch: [(X, Y)], mean_square, optimizer, 3)
    assert history.gradient_norm[0] == history.gradient_norm[2]


def test_validate_draws_by_the_seed(tmp_path):
    def noisy(model):
        return torch.rand(1).item()

    torch.manual_seed(0)
    state = torch.get_rng_state()
    whole = train(*make(), validate=noisy)
    assert torch.equal(state, torch.get_rng_state())
    train(*make(), epochs=2, validate=noisy, checkpoint=tmp_path / "x.pt")
    torch.manual_seed(5)
    assert train(*make(), validate=noisy, checkpoint=tmp_path / "x.pt", resume=True) == whole


def test_a_layer_that_was_frozen_stays_so():
    model = nn.Sequential(nn.Dropout(), nn.Dropout())
    model[0].eval()
    evaluate(model, lambda model: 0.0)
    assert [model.training, model[0].training, model[1].training] == [True, False, True]


def test_a_shorter_line_covers_a_longer_one():
    stream = io.StringIO()
    bar = ProgressBar(stream, width=4)
    bar(1, 3, History(loss=[12.5], held_out=[10.123]))
    bar(2, 3, History(loss=[9.5], held_out=[9.456]))
    line = ""
    for part in stream.getvalue().split("\r"):
        line = part + line[len(part) :]
    assert line.rstrip() == "[##..] epoch 2/3  loss 9.500  held out 9.456"


@pytest.mark.parametrize("seed", [-1, 1.5, True, "1", None])
def test_seeds_are_whole_numbers(seed):
    for use in (
        lambda: seeded(seed).__enter__(),
        lambda: minibatches(X, size=2, seed=seed),
        lambda: train(*make(), seed=seed),
        lambda: language.make_corpus(1, 1, seed),
    ):
        with pytest.raises(ValueError, match="seed: expected a whole number >= 0, got"):
            use()


def test_a_seed_may_be_numpys():
    with seeded(3, 1):
        one = torch.rand(1)
    with seeded(np.int64(3), np.int32(1)):
        assert torch.equal(one, torch.rand(1))


def test_every_gpu_is_left_alone(monkeypatch):
    forked = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "get_rng_state", lambda d: forked.append(d))
    monkeypatch.setattr(torch.cuda, "set_rng_state", lambda s, d: forked.append(d))
    monkeypatch.setattr(torch, "manual_seed", lambda seed: None)
    with seeded(0):
        pass
    assert forked == [0, 1, 0, 1]


def test_apples_gpu_is_left_alone(monkeypatch):
    put = []
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.mps, "get_rng_state", lambda *d: "state")
    monkeypatch.setattr(torch.mps, "set_rng_state", lambda state, *d: put.append(state))
    monkeypatch.setattr(torch, "manual_seed", lambda seed: None)
    with pytest.raises(KeyError), seeded(0):
        raise KeyError
    assert put == ["state"]


def test_each_tensor_is_asked_where_it_is():
    seen = []

    class Elsewhere(torch.Tensor):
        device = torch.device("meta")

        def __getitem__(self, rows):
            seen.append(rows.device.type)

    elsewhere = torch.zeros(3).as_subclass(Elsewhere)
    list(minibatches(torch.zeros(3), elsewhere, size=3)(0))
    assert seen == ["meta"]


@pytest.mark.parametrize("warm_up", [1.5, "2"])
def test_a_warm_up_is_whole(warm_up):
    with pytest.raises(ValueError, match="warm_up: expected"):
        warm_cosine(1.0, 10, warm_up)


def test_a_models_state_keeps_its_versions(tmp_path):
    state = nn.BatchNorm1d(2).state_dict()
    save_checkpoint(tmp_path / "x.pt", {"model": state})
    assert load_checkpoint(tmp_path / "x.pt")["model"]._metadata == state._metadata


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04 cut off"])
def test_a_damaged_checkpoint_is_named(tmp_path, content):
    (tmp_path / "c.pt").write_bytes(content)
    with pytest.raises(ValueError, match="path: expected a checkpoint, got a file that is damaged"):
        load_checkpoint(tmp_path / "c.pt")


def test_only_its_own_kind_of_checkpoint_is_resumed(tmp_path):
    save_checkpoint(tmp_path / "c.pt", {"weights": torch.zeros(2)})
    with pytest.raises(ValueError, match="checkpoint: expected one that fit wrote"):
        train(*make(), checkpoint=tmp_path / "c.pt", resume=True)


def test_a_refused_checkpoint_leaves_the_model_alone(tmp_path):
    train(*make(), checkpoint=tmp_path / "c.pt")
    wider = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Dropout(0.0), nn.Linear(8, 2)).double()
    before = [weight.clone() for weight in wider.parameters()]
    optimizer = torch.optim.Adam(wider.parameters())
    with pytest.raises(ValueError, match="checkpoint: expected one of this very model"):
        train(wider, optimizer, checkpoint=tmp_path / "c.pt", resume=True)
    assert all(torch.equal(a, b) for a, b in zip(before, wider.parameters(), strict=True))


def test_another_optimizer_is_refused(tmp_path):
    train(*make(), checkpoint=tmp_path / "c.pt")
    model, _ = make()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(ValueError, match="checkpoint: expected one of SGD, got one of Adam"):
        train(model, optimizer, checkpoint=tmp_path / "c.pt", resume=True)


def rewritten(path, **changes):
    """Change parts of a checkpoint; a dict is merged into the part it names."""
    state = load_checkpoint(path)
    for part, change in changes.items():
        state[part] = state[part] | change if isinstance(change, dict) else change
    save_checkpoint(path, state)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "AdamW"}, "expected one of Adam, got one of AdamW"),
        ({"step": -1}, "expected 2 steps or more, got -1"),
        ({"step": True}, "expected 2 steps or more, got True"),
        ({"history": None}, "expected a history, got NoneType"),
        ({"history": {"loss": []}}, "got losses of 0 epochs"),
        ({"history": {"held_out": [1.0]}}, "held-out losses of 1"),
        ({"history": {"best_epoch": 2}}, "the best in 2"),
        ({"model": {"0.weight": torch.zeros(8, 1)}}, "weights of other names, shapes or types"),
        ({"model": {"0.weight": torch.zeros(1, 8).double()}}, "weights of other names, shapes"),
        ({"model": {"more": torch.zeros(1)}}, "weights of other names, shapes"),
        ({"optimizer": {"param_groups": []}}, "expected one of this very model"),
        (
            {"optimizer": {"state": {0: {"step": torch.tensor(1.0), "exp_avg": torch.ones(3)}}}},
            r"its exp_avg has shape \(3,\)",
        ),
        ({"optimizer": 3}, "expected one of this very model"),
    ],
)
def test_a_checkpoint_that_does_not_fit_moves_nothing(tmp_path, changes, message):
    path, (model, optimizer) = tmp_path / "c.pt", make()
    train(*make(), epochs=2, checkpoint=path)
    rewritten(path, **changes)
    before = [weight.clone() for weight in model.parameters()]
    with pytest.raises(ValueError, match=f"checkpoint: .*{message}"):
        train(model, optimizer, checkpoint=path, resume=True)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))
    assert not optimizer.state
    train(model, optimizer, epochs=1)  # both are of use still


def test_no_flipped_bit_gets_through(tmp_path):
    path, state = tmp_path / "c.pt", {"weights": torch.arange(50.0), "step": 7, "name": "run"}
    save_checkpoint(path, state)
    whole, refused = path.read_bytes(), 0
    weights = whole.index(state["weights"].numpy().tobytes())
    some = np.random.default_rng(0).choice(8 * len(whole), 1500, replace=False).tolist()
    for bit in [*some, *range(8 * weights, 8 * weights + 200)]:
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        try:
            back = load_checkpoint(path)
        except ValueError as error:
            assert "damaged" in str(error)
            refused += 1
        else:  # in what no reader looks at
            assert bit not in range(8 * weights, 8 * weights + 200)
            assert torch.equal(back.pop("weights"), state["weights"])
            assert back == {"step": 7, "name": "run"}
    assert refused > 1000


@pytest.mark.parametrize("bad", [np.zeros(3), {1, 2}, torch.nn.Linear(1, 1), slice(3), 1 + 2j])
def test_what_could_not_be_read_back_replaces_nothing(tmp_path, bad):
    path = tmp_path / "c.pt"
    save_checkpoint(path, {"step": 1})
    try:
        save_checkpoint(path, {"step": 2, "bad": [bad]})
    except ValueError as error:
        assert "state: expected tensors, numbers, texts" in str(error)
        assert load_checkpoint(path) == {"step": 1}
    else:
        assert load_checkpoint(path)["step"] == 2 and type(load_checkpoint(path)["bad"][0]) in (
            set,
            complex,
        )
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("bad", ["x" * 300, "a\0b", 3, None, b"x", ["x"]])
def test_a_path_is_one(tmp_path, bad):
    path = str(tmp_path / bad) if isinstance(bad, str) else bad
    for use in (load_checkpoint, lambda p: save_checkpoint(p, {}), language.read_text):
        with pytest.raises(ValueError, match="path: expected"):
            use(path)


def test_a_long_name_is_written_too(tmp_path):
    save_checkpoint(tmp_path / ("x" * 250), {"step": 1})
    assert load_checkpoint(tmp_path / ("x" * 250)) == {"step": 1}


def test_the_optimizer_is_the_models():
    model, _ = make()
    _, other = make()
    with pytest.raises(ValueError, match="optimizer: expected one of the model's weights"):
        train(model, other)


@pytest.mark.parametrize("rate", [-0.1, math.nan, math.inf, None, "0.1", True])
def test_a_schedule_gives_rates(rate):
    model, optimizer = make()
    before = [weight.clone() for weight in model.parameters()]
    with pytest.raises(ValueError, match="schedule at step 0: expected a finite number >= 0, got"):
        train(model, optimizer, schedule=lambda step: rate)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


@pytest.mark.parametrize(
    "loss", [None, 0.5, torch.tensor(0.5), torch.ones(2, requires_grad=True) * 2]
)
def test_a_loss_is_one_number_of_the_weights(loss):
    model, optimizer = make()
    with pytest.raises(ValueError, match="loss_fn: expected a tensor of one number that depends"):
        fit(model, lambda epoch: [0], lambda model, batch: loss, optimizer, 1)


def test_batches_used_up_are_named():
    model, optimizer = make()
    once = iter(list(minibatches(X, Y, size=8)(0)))
    with pytest.raises(ValueError, match="batches: expected at least one in epoch 1, got none"):
        fit(model, lambda epoch: once, mean_square, optimizer, 2)
    with pytest.raises(ValueError, match="batches: expected a list or an iterator for an epoch"):
        fit(model, lambda epoch: None, mean_square, optimizer, 2)


@pytest.mark.parametrize("step", [-1, 0.5, True, None, math.nan])
def test_a_schedule_is_asked_for_steps(step):
    with pytest.raises(ValueError, match="step: expected a whole number >= 0, got"):
        warm_cosine(1.0, 10, 2)(step)
