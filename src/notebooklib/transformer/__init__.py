"""Attention and what is built of it, from softmax to a small GPT (chapter 12).

Axes: B sequences, T tokens (n queries, m keys), h heads, d_model features, V words.
A mask is boolean, True where a query may look, as in PyTorch's function
`scaled_dot_product_attention`; its class `torch.nn.MultiheadAttention` means the opposite by True.
"""

from notebooklib._extras import needed

with needed("torch"):
    from notebooklib.mlp.losses import softmax
    from notebooklib.transformer.attention import (
        MultiHeadAttention,
        attention_weights,
        causal_mask,
        padding_mask,
        scaled_dot_product_attention,
    )
    from notebooklib.transformer.gpt import GPT, GPTConfig, TransformerBlock, next_token_loss, trim
    from notebooklib.transformer.positions import frequencies, position_shift, sinusoidal_encoding
    from notebooklib.transformer.sampling import generate

__all__ = [
    "GPT",
    "GPTConfig",
    "MultiHeadAttention",
    "TransformerBlock",
    "attention_weights",
    "causal_mask",
    "frequencies",
    "generate",
    "next_token_loss",
    "padding_mask",
    "position_shift",
    "scaled_dot_product_attention",
    "sinusoidal_encoding",
    "softmax",
    "trim",
]
