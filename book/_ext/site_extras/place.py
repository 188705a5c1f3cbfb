"""Where the book lives: its repository and its address, as the environment names them."""

import os
import re
from urllib.parse import urlsplit

from sphinx.errors import ConfigError

FORGES = ("github", "gitlab", "bitbucket")


def web_address(name: str, value: str) -> str:
    """Return an address without its last slash, or raise where it is none.

    Examples
    --------
    >>> web_address("BOOK_ADDRESS", "https://example.org/book/")
    'https://example.org/book'
    """
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ConfigError(f"{name}: expected an address such as https://…, got {value!r}")
    return value.rstrip("/")


def theme_options(repository: str, branch: str = "main") -> dict:
    """Return the theme's options that link each page to its source in a repository.

    Parameters
    ----------
    repository : str
        Such as https://github.com/owner/name; an empty one gives no links.
    branch : str
        Where the links lead.

    Raises
    ------
    ConfigError
        If `repository` is no address of a repository on GitHub, GitLab or Bitbucket.

    Examples
    --------
    >>> theme_options("")
    {}
    >>> theme_options("https://github.com/owner/name")["launch_buttons"]["colab_url"]
    'https://colab.research.google.com'
    """
    if not repository:
        return {}
    repository = web_address("BOOK_REPOSITORY", repository).removesuffix(".git")
    host, path = urlsplit(repository).netloc, urlsplit(repository).path
    forge = next((name for name in FORGES if name in host.lower()), None)
    if forge is None or not re.fullmatch(r"/[\w.-]+(/[\w.-]+)+", path):
        raise ConfigError(
            "BOOK_REPOSITORY: expected a repository on GitHub, GitLab or Bitbucket, such as "
            f"https://github.com/owner/name, got {repository!r}"
        )
    launch = {"notebook_interface": "jupyterlab", "binderhub_url": "https://mybinder.org"}
    if forge == "github":  # Colab opens notebooks from nowhere else
        launch["colab_url"] = "https://colab.research.google.com"
    return {
        "repository_url": repository,
        "repository_provider": forge,
        "repository_branch": branch or "main",
        "path_to_docs": "",
        "use_source_button": True,
        "use_edit_page_button": forge != "bitbucket",
        "use_issues_button": forge != "bitbucket",
        "launch_buttons": launch,
    }


def read_environment(app, config) -> None:
    """Set what depends on where the book lives."""
    options = theme_options(
        os.environ.get("BOOK_REPOSITORY", ""), os.environ.get("BOOK_BRANCH", "main")
    )
    config.html_theme_options = {**config.html_theme_options, **options}
    if address := os.environ.get("BOOK_ADDRESS", ""):
        config.html_baseurl = web_address("BOOK_ADDRESS", address) + "/"
