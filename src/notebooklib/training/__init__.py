"""The one training loop of the book, for models in PyTorch."""

from notebooklib._extras import needed

with needed("torch"):
    from notebooklib.training.batches import minibatches, seeded, warm_cosine
    from notebooklib.training.checkpoint import load_checkpoint, save_checkpoint
    from notebooklib.training.loop import History, ProgressBar, evaluate, fit
    from notebooklib.training.together import fit_together

__all__ = [
    "History",
    "ProgressBar",
    "evaluate",
    "fit",
    "fit_together",
    "load_checkpoint",
    "minibatches",
    "save_checkpoint",
    "seeded",
    "warm_cosine",
]
