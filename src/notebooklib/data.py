"""Real data that ships inside installed packages: nothing is fetched, nothing is stored here."""

import numpy as np
from numpy.typing import NDArray

from notebooklib import _validate
from notebooklib._extras import needed

PHOTOGRAPHS = ("china", "flower")


def photograph(name: str, size: int = 160) -> NDArray[np.uint8]:
    """Return a photograph that ships with scikit-learn, cut to a square.

    Parameters
    ----------
    name : {"china", "flower"}
        A palace in Beijing or a dahlia.
    size : int
        Width and height in pixels, 1 to 427.

    Returns
    -------
    ndarray of uint8, shape (size, size, 3)
        Red, green and blue from 0 to 255; the first row is the top.

    Raises
    ------
    ValueError
        If the name is unknown, or `size` is no whole number from 1 to 427.

    Notes
    -----
    Source: `sklearn.datasets.load_sample_image`, photographs under CC BY 2.0.

    Examples
    --------
    >>> photograph("flower", size=64).shape
    (64, 64, 3)
    """
    with needed("notebook"):
        from PIL import Image
    from sklearn.datasets import load_sample_image

    _validate.choice(name, "photograph", PHOTOGRAPHS)
    if _validate.positive_int(size, "size") > 427:
        raise ValueError(f"size: expected at most 427 pixels, got {size}")
    image = Image.fromarray(load_sample_image(f"{name}.jpg"))
    side = min(image.size)
    left = (image.width - side) // 2
    return np.asarray(image.crop((left, 0, left + side, side)).resize((size, size)))


def elevation() -> NDArray[np.float64]:
    """Return the heights of the land around Jacksboro, Tennessee, from matplotlib's sample data.

    Returns
    -------
    ndarray, shape (344, 403)
        Metres above the sea. Row 0 is the northern edge, column 0 the western one. Cells are
        3 arc seconds wide: about 92.6 m from north to south and 74.3 m from west to east.

    Notes
    -----
    Source: NASA Shuttle Radar Topography Mission; ``jacksboro_fault_dem.npz`` of matplotlib.

    Examples
    --------
    >>> heights = elevation()
    >>> heights.shape, float(heights.min()), float(heights.max())
    ((344, 403), 236.0, 1076.0)
    """
    with needed("notebook"):
        from matplotlib.cbook import get_sample_data

    with get_sample_data("jacksboro_fault_dem.npz") as file:
        return file["elevation"].astype(np.float64)


def eeg() -> NDArray[np.float64]:
    """Return ten seconds of an electroencephalogram from matplotlib's sample data.

    Returns
    -------
    ndarray, shape (800, 4)
        Voltages at four electrodes, 80 a second, each scaled to mean 0 and deviation 1.

    Notes
    -----
    Source: ``eeg.dat`` of matplotlib, whose own example draws it; its unit is not told.

    Examples
    --------
    >>> eeg().shape, eeg()[0].round(2).tolist()
    ((800, 4), [0.04, 0.04, 0.08, 0.04])
    """
    with needed("notebook"):
        from matplotlib.cbook import get_sample_data

    with get_sample_data("eeg.dat") as file:
        return np.frombuffer(file.read(), dtype="<f8").reshape(-1, 4)


def descriptions() -> str:
    """Return what scikit-learn says of its toy data sets: 13,459 characters of real prose.

    Returns
    -------
    str
        The descriptions of breast cancer, diabetes, digits, iris, linnerud and wine, one after the
        other, in small letters, with one blank wherever there was white space.

    Notes
    -----
    Source: ``DESCR`` of `sklearn.datasets.load_breast_cancer` and its siblings; BSD licence. The
    length is that of scikit-learn 1.9.

    Examples
    --------
    >>> descriptions()[27:63]
    'breast cancer wisconsin (diagnostic)'
    """
    from sklearn import datasets

    names = ("breast_cancer", "diabetes", "digits", "iris", "linnerud", "wine")
    texts = (getattr(datasets, f"load_{name}")().DESCR for name in names)
    return " ".join(" ".join(texts).lower().split())


def google_prices() -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    """Return the daily closing prices of Google's share from matplotlib's sample data.

    Returns
    -------
    days : ndarray of datetime64, shape (1047,)
        Trading days from 19 August 2004 to 14 October 2008.
    prices : ndarray, shape (1047,)
        Closing prices in dollars, adjusted for splits and dividends up to then.

    Notes
    -----
    Source: ``goog.npz`` of matplotlib.

    Examples
    --------
    >>> days, prices = google_prices()
    >>> str(days[0]), float(prices[0]), len(days)
    ('2004-08-19', 100.34, 1047)
    """
    with needed("notebook"):
        from matplotlib.cbook import get_sample_data

    with get_sample_data("goog.npz") as file:
        table = file["price_data"]
        return table["date"], table["adj_close"].astype(np.float64)
