"""Shows the library's own code in a chapter, so that what is read is what is tested."""

import ast
import inspect
from collections.abc import Callable
from textwrap import dedent

from notebooklib._extras import needed

with needed("notebook"):
    from IPython.display import Code


def show_source(function: Callable) -> Code:
    """Return the source of a function, without docstring and decorators, for display.

    Parameters
    ----------
    function : callable
        A function, method or class written in Python.

    Returns
    -------
    IPython.display.Code
        The lines, coloured where the notebook or page shows them.

    Raises
    ------
    ValueError
        If `function` has no Python source, as built-in functions have none, or is a lambda.

    Examples
    --------
    >>> "def show_source" in show_source(show_source).data
    True
    """
    try:
        lines = dedent(inspect.getsource(function)).splitlines()
        definition = ast.parse("\n".join(lines)).body[0]
        first = definition.body[0]
    except (TypeError, OSError, SyntaxError, AttributeError) as error:  # a lambda is no statement
        came = type(function).__name__
        raise ValueError(f"function: expected one written in Python, got {came}") from error
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        del lines[first.lineno - 1 : first.end_lineno]
    return Code("\n".join(lines[definition.lineno - 1 :]), language="python")
