"""Tokens a second in training, as ratios within one run.

Ours is `notebooklib.transformer.GPT`. The peer has nanoGPT's layout: one matrix for queries, keys
and values together, fused causal attention, the same sizes otherwise. The contestants take turns,
so a slow minute of the machine meets all of them; a ratio is that of the medians.
"""

import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

from notebooklib.device import NumberFormat, autocast, pick_device
from notebooklib.transformer import (
    GPT,
    GPTConfig,
    causal_mask,
    next_token_loss,
    scaled_dot_product_attention,
)


class PeerBlock(nn.Module):
    """A pre-norm block with one matrix for Q, K and V."""

    def __init__(self, d_model, num_heads, d_ff):
        super().__init__()
        self.num_heads = num_heads
        self.ln_1, self.ln_2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.c_attn, self.c_proj = nn.Linear(d_model, 3 * d_model), nn.Linear(d_model, d_model)
        self.c_fc, self.c_out = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)

    def forward(self, x):
        """Return x after attention and feed-forward."""
        B, T, C = x.shape
        qkv = self.c_attn(self.ln_1(x)).split(C, dim=2)
        q, k, v = (part.view(B, T, self.num_heads, -1).transpose(1, 2) for part in qkv)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.c_proj(y.transpose(1, 2).contiguous().view(B, T, C))
        return x + self.c_out(F.gelu(self.c_fc(self.ln_2(x))))


class Peer(nn.Module):
    """A GPT in nanoGPT's layout."""

    def __init__(self, config):
        super().__init__()
        d_ff = config.d_ff or 4 * config.d_model
        self.wte = nn.Embedding(config.vocab_size, config.d_model)
        self.wpe = nn.Embedding(config.context, config.d_model)
        self.h = nn.ModuleList(
            PeerBlock(config.d_model, config.num_heads, d_ff) for _ in range(config.num_layers)
        )
        self.ln_f = nn.LayerNorm(config.d_model)
        self.lm_head = nn.Linear(config.d_model, config.vocab_size, bias=False)
        self.lm_head.weight = self.wte.weight

    def forward(self, ids):
        """Return logits."""
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1], device=ids.device))
        for block in self.h:
            x = block(x)
        return self.lm_head(self.ln_f(x))


def training_step(model, ids, numbers):
    """Return a function that makes one training step."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)

    def step():
        optimizer.zero_grad()
        with autocast(ids.device, numbers):
            loss = next_token_loss(model, ids)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    return step


def attention_step(attend, q, k, v):
    """Return a function that attends and goes back."""

    def step():
        torch.autograd.grad(attend(q, k, v).sum(), (q, k, v))

    return step


def medians(steps, device, rounds, repeat):
    """Return each contestant's median seconds a step; they take turns."""

    def seconds(step):
        start = time.perf_counter()
        for _ in range(repeat):
            step()
        if device.type == "cuda":
            torch.cuda.synchronize()
        return (time.perf_counter() - start) / repeat

    for step in steps.values():  # warm up; compile
        seconds(step)
    times = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            times[name].append(seconds(step))
    return {name: statistics.median(some) for name, some in times.items()}


def report(title, found, tokens):
    """Write tokens a second, and the ratio to the first contestant."""
    first = next(iter(found.values()))
    sys.stdout.write(f"{title}\n")
    for name, seconds in found.items():
        sys.stdout.write(
            f"  {name:34} {tokens / seconds:12,.0f} tokens/s  {first / seconds:6.2f}\n"
        )


def bench_training(device, config, batch, formats, compiled, rounds, repeat):
    """Ours against the peer in each number format, and ours with plain attention."""
    ids = torch.randint(config.vocab_size, (batch, config.context + 1), device=device)
    plain = GPTConfig(**{**vars(config), "fused": False})
    for name, numbers in formats.items():

        def make(model, numbers=numbers):
            return training_step(model.to(device, numbers.weights), ids, numbers)

        steps = {
            "nanoGPT's layout": make(Peer(config)),
            "ours, fused attention": make(GPT(config)),
            "ours, plain attention": make(GPT(plain)),
        }
        if compiled:
            steps["nanoGPT's layout, compiled"] = make(torch.compile(Peer(config)))
            steps["ours, fused, compiled"] = make(torch.compile(GPT(config)))
        found = medians(steps, device, rounds, repeat)
        report(
            f"training, {device.type}, {name}, {batch} × {config.context}",
            found,
            ids[:, 1:].numel(),
        )


def bench_formats(device, config, batch, formats, rounds, repeat):
    """Ours, in each number format, eager and compiled."""
    ids = torch.randint(config.vocab_size, (batch, config.context + 1), device=device)
    steps = {}
    for name, numbers in formats.items():
        model = GPT(config).to(device, numbers.weights)
        steps[name] = training_step(model, ids, numbers)
        model = torch.compile(GPT(config).to(device, numbers.weights))
        steps[f"{name}, compiled"] = training_step(model, ids, numbers)
    found = medians(steps, device, rounds, repeat)
    report(f"number formats, {device.type}, {batch} × {config.context}", found, ids[:, 1:].numel())


def bench_attention(device, dtype, lengths, rounds, repeat):
    """Plain attention against the fused one, forward and backward."""
    for length in lengths:
        mask = causal_mask(length, device)
        q, k, v = (
            torch.randn(4, 4, length, 32, dtype=dtype, device=device, requires_grad=True)
            for _ in range(3)
        )
        plain, fused = (
            lambda q, k, v, mask=mask: scaled_dot_product_attention(q, k, v, mask),
            lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
        )
        steps = {"plain": attention_step(plain, q, k, v), "fused": attention_step(fused, q, k, v)}
        found = medians(steps, device, rounds, repeat)
        report(f"attention, {device.type}, {dtype}, length {length}", found, 4 * length)


def main():
    """Run what this machine can."""
    device = pick_device()
    if device.type == "cpu":
        torch.set_num_threads(1)
        config = GPTConfig(vocab_size=205, context=64, d_model=64, num_heads=2, d_ff=128)
        formats = {"float64": NumberFormat(torch.float64), "float32": NumberFormat(torch.float32)}
        bench_training(device, config, 16, formats, compiled=False, rounds=15, repeat=4)
        bench_attention(device, torch.float64, (64, 256, 1024), rounds=9, repeat=2)
        return
    config = GPTConfig(8192, 512, d_model=512, num_heads=8, num_layers=8)
    formats = {"float32": NumberFormat(torch.float32)}
    cuda = device.type == "cuda"
    if cuda:
        torch.backends.cuda.matmul.allow_tf32 = False  # float32 means float32 here
        formats["bfloat16"] = NumberFormat(torch.float32, torch.bfloat16)
        bench_formats(device, config, 32, formats, rounds=9, repeat=5)
    bench_training(device, config, 32, formats, compiled=cuda, rounds=9, repeat=5)
    dtype = torch.bfloat16 if cuda else torch.float32
    bench_attention(device, dtype, (256, 1024, 4096), rounds=9, repeat=5)


if __name__ == "__main__":
    main()
