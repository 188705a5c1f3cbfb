"""Figures that compute: a function of tensors, traced here, runs in the reader's page."""

from notebooklib._extras import needed

with needed("notebook"):
    from notebooklib.live.controls import Drawing, Noise, Point, State, Switches, Words
    from notebooklib.live.figure import Live, live
    from notebooklib.live.marks import (
        Area,
        Arrows,
        Bars,
        Dots,
        Guess,
        Label,
        Lines,
        Mission,
        Panel,
        Picture,
        Shade,
        Text,
        Trail,
    )
    from notebooklib.live.tracing import trace

__all__ = [
    "Area",
    "Arrows",
    "Bars",
    "Dots",
    "Drawing",
    "Guess",
    "Label",
    "Lines",
    "Live",
    "Mission",
    "Noise",
    "Panel",
    "Picture",
    "Point",
    "Shade",
    "State",
    "Switches",
    "Text",
    "Trail",
    "Words",
    "live",
    "trace",
]
