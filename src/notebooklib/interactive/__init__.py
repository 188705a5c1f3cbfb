"""What the reader's hands do: moves to set, questions to answer, with a kernel and without."""

from notebooklib._extras import needed

with needed("notebook"):
    from notebooklib.interactive.asks import Ask, ask
    from notebooklib.interactive.moves import Choice, Move, Slider, move

__all__ = ["Ask", "Choice", "Move", "Slider", "ask", "move"]
