import pytest
import torch

from notebooklib import device as module
from notebooklib.device import NumberFormat, autocast, number_format, pick_device


@pytest.fixture
def machine(monkeypatch):
    """Return a function that makes this machine look as if it had accelerators."""

    def has(gpus=0, mps=False, bf16=True):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: gpus > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: bf16)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    return has


@pytest.mark.parametrize(
    ("gpus", "mps", "named", "picked"),
    [
        (0, False, "", "cpu"),
        (0, True, "", "mps"),
        (1, True, "", "cuda"),
        (1, True, "mps", "mps"),
        (2, False, " CPU ", "cpu"),
        (2, False, "cuda:1", "cuda:1"),
    ],
)
def test_the_fastest_device_unless_one_is_named(machine, gpus, mps, named, picked):
    machine(gpus, mps)
    assert pick_device({"NOTEBOOKLIB_DEVICE": named}) == torch.device(picked)


def test_the_environment_is_read(machine, monkeypatch):
    machine(gpus=1)
    monkeypatch.delenv(module.VARIABLE, raising=False)
    assert pick_device().type == "cuda"
    monkeypatch.setenv(module.VARIABLE, "cpu")
    assert pick_device().type == "cpu"


@pytest.mark.parametrize(
    ("gpus", "named", "message"),
    [
        (0, "cuda", "NOTEBOOKLIB_DEVICE: this machine has 'cpu', got 'cuda'"),
        (2, "cuda:2", "this machine has 'cuda', 'cuda:0', 'cuda:1', 'cpu', got 'cuda:2'"),
        (0, "mps", "this machine has 'cpu', got 'mps'"),
        (0, "abacus", "this machine has 'cpu', got 'abacus'"),
    ],
)
def test_an_absent_device_is_refused(machine, gpus, named, message):
    machine(gpus)
    with pytest.raises(ValueError, match=message):
        pick_device({"NOTEBOOKLIB_DEVICE": named})


@pytest.mark.parametrize(
    ("kind", "bf16", "numbers"),
    [
        ("cpu", True, NumberFormat(torch.float64)),
        ("mps", True, NumberFormat(torch.float32)),
        ("cuda", True, NumberFormat(torch.float32, torch.bfloat16)),
        ("cuda", False, NumberFormat(torch.float32)),
    ],
)
def test_number_formats(machine, kind, bf16, numbers):
    machine(gpus=1, mps=True, bf16=bf16)
    assert number_format(torch.device(kind)) == numbers


def test_autocast_changes_products_and_leaves_weights():
    layer = torch.nn.Linear(3, 2)
    cpu = torch.device("cpu")
    with autocast(cpu, NumberFormat(torch.float32, torch.bfloat16)):
        assert layer(torch.zeros(1, 3)).dtype == torch.bfloat16
    assert layer.weight.dtype == torch.float32
    with autocast(cpu):
        assert layer(torch.zeros(1, 3)).dtype == torch.float32
