"""The list of all pages that a site with a known address gives to search engines."""

import html
from urllib.parse import urljoin


def sitemap_xml(address: str, pages: list[str]) -> str:
    """Return the sitemap of `pages` under a web address.

    Examples
    --------
    >>> print(sitemap_xml("https://example.org/", ["a.html"]).splitlines()[2])
    <url><loc>https://example.org/a.html</loc></url>
    """
    lines = [f"<url><loc>{html.escape(urljoin(address, page))}</loc></url>" for page in pages]
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    name = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return "\n".join([head, f'<urlset xmlns="{name}">', *lines, "</urlset>", ""])
