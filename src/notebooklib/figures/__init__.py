"""One palette, three sizes and the book's drawing helpers, so that a colour means one thing.

Every helper takes the Axes to draw on, and arrays; none computes what it shows.
"""

from notebooklib._extras import needed

with needed("notebook"):
    from notebooklib.figures.fields import (
        contours,
        contrast,
        frame_cells,
        heat_map,
        ink_on,
        signed_field,
        trajectory,
    )
    from notebooklib.figures.geometry import (
        arrow,
        lattice,
        line,
        mapped_square,
        matrix_label,
        matrix_table,
        plane,
        polygon,
    )
    from notebooklib.figures.graphs import (
        bars,
        edges,
        node_places,
        nodes,
    )
    from notebooklib.figures.style import (
        DATA,
        ERROR,
        FAINT,
        INK,
        ON_DARK,
        ON_LIGHT,
        PARAMETER,
        PREDICTION,
        SIZES,
        STEP,
        label_at,
        new_figure,
        use_style,
    )

__all__ = [
    "DATA",
    "ERROR",
    "FAINT",
    "INK",
    "ON_DARK",
    "ON_LIGHT",
    "PARAMETER",
    "PREDICTION",
    "SIZES",
    "STEP",
    "arrow",
    "bars",
    "contours",
    "contrast",
    "edges",
    "frame_cells",
    "heat_map",
    "ink_on",
    "label_at",
    "lattice",
    "line",
    "mapped_square",
    "matrix_label",
    "matrix_table",
    "new_figure",
    "node_places",
    "nodes",
    "plane",
    "polygon",
    "signed_field",
    "trajectory",
    "use_style",
]
