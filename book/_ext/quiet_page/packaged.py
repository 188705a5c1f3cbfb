"""Finds files of installed packages: what the site needs and does not commit."""

import importlib.metadata
import os
from pathlib import Path


def packaged(distribution: str, ending: str) -> Path:
    """Return the path of the one file of an installed distribution whose path ends so.

    Raises
    ------
    FileNotFoundError
        If the package holds no such file.
    """
    for file in importlib.metadata.files(distribution) or []:
        if str(file).replace(os.sep, "/").endswith(ending):
            return Path(file.locate()).resolve()
    raise FileNotFoundError(f"{ending} is not among the files of the package {distribution}")
