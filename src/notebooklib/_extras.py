"""A clear sentence where an optional package is missing, in place of a bare traceback."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needed(extra: str) -> Iterator[None]:
    """Say which extra to install if an import inside the block finds no such package.

    Parameters
    ----------
    extra : {"notebook", "torch"}
        The extra of notebooklib that brings the packages imported in the block.

    Raises
    ------
    ImportError
        If a package is missing; it names the package, the extra and the command.

    Examples
    --------
    >>> with needed("notebook"):
    ...     import a_package_that_nobody_has
    Traceback (most recent call last):
    ImportError: a_package_that_nobody_has is not installed. It comes with notebooklib's extra [notebook]: python -m pip install "notebooklib[notebook]"
    """  # noqa: E501
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "notebooklib"):
            raise
        raise ImportError(
            f"{package} is not installed. It comes with notebooklib's extra [{extra}]: "
            f'python -m pip install "notebooklib[{extra}]"',
            name=error.name,
        ) from error
