"""The program that sets one page of HTML as a PDF and ends: an order as JSON comes in, a PDF goes out.

Run by `core.documents` in a process of its own; it knows neither Django nor the portal. What it refuses it says as one
line of JSON on the error stream.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

HOST = "http://portal.invalid"
"""Relative addresses get this host, which does not exist; the fetcher reads them from folders."""
KINDS = {
    ".css": "text/css",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
"""What may be read at all. A table of our own, because the machine's differs from machine to machine."""
REFUSED = 3
"""The exit code that says: the reason is the last line on the error stream."""
PARENT_DIED = 1


class Refused(Exception):  # noqa: N818
    """The page cannot be set; `code` says why."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.facts = {"code": code, **facts}
        super().__init__(code)


def resolve(url: str, *, static_url: str, static: Sequence[str], media: Mapping[str, str]) -> Path | None:
    """The style, picture or font an address stands for: below a static folder, or a named media file; else None.

    Queries, other hosts, ports, user names, and ways out of the folder (`..`, encoded or by a symbolic link) give None.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = unquote(parts.path)
    if f"{parts.scheme}://{parts.netloc}" != HOST or parts.query or Path(path).suffix.lower() not in KINDS:
        return None
    if path.startswith("/media/"):
        named = media.get(path.removeprefix("/media/"))
        return Path(named) if named else None
    return _below(static, path.removeprefix(static_url)) if path.startswith(static_url) else None


def _below(folders: Sequence[str], name: str) -> Path | None:
    """The first file of this name that really lies in one of the folders."""
    if "\0" in name:
        return None
    for folder in folders:
        root = Path(folder).resolve()
        found = (root / name).resolve()
        if found.is_relative_to(root) and found.is_file():
            return found
    return None


def make_fetcher(order: dict[str, Any]) -> Any:
    """WeasyPrint's fetcher, closed: it opens no connection at all, and only the files that `resolve` names."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # heavy, and only this process may import it

    class ClosedFetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url[:5].lower() == "data:":
                return super().fetch(url, headers)
            path = resolve(url, static_url=order["static_url"], static=order["static"], media=order["media"])
            if path is None:
                raise ValueError(f"not a file of the portal: {url[:200]}")
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": KINDS[path.suffix.lower()]})

    return ClosedFetcher(allowed_protocols={"data"}, allow_redirects=False)


def check_size(root: Any, *, nesting: int, rows: int) -> None:
    """Refuse what would take the typesetter minutes or break its recursion."""
    deepest = max((depth for _element, depth in walk(root)), default=0)
    if deepest > nesting:
        raise Refused("nesting", found=deepest, most=nesting)
    longest = max((sum(1 for _row in table.iter("tr")) for table in root.iter("table")), default=0)
    if longest > rows:
        raise Refused("rows", found=longest, most=rows)


def walk(root: Any) -> Iterator[tuple[Any, int]]:
    """Every element of HTML with its depth below the body, without recursion. Drawings are the charts' own business."""
    waiting = [(root, 0)]
    while waiting:
        element, depth = waiting.pop()
        yield element, depth
        if not str(element.tag).endswith("svg"):
            waiting.extend((child, depth + 1) for child in element)


def typeset(order: dict[str, Any]) -> bytes:
    """The PDF of an order."""
    try:
        import weasyprint  # heavy, and only this process may import it
    except OSError as error:
        raise Refused("libraries", words=str(error).splitlines()[0]) from None
    try:
        page = weasyprint.HTML(string=order["html"], base_url=HOST + order["base"], url_fetcher=make_fetcher(order))
        page.base_url = HOST + order["base"]  # whatever a `base` on the page says
        _describe(page.etree_element, order)
        check_size(page.etree_element.find("body"), nesting=order["limits"]["nesting"], rows=order["limits"]["rows"])
        return bytes(page.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=order["identifier"].encode()))
    except RecursionError:
        limit = order["limits"]["nesting"]
        raise Refused("nesting", found=f"> {limit}", most=limit) from None


def _describe(root: Any, order: dict[str, Any]) -> None:
    """Title, language and date, which PDF/UA wants: the order's, where the page has none."""
    head = root.find("head")
    if not root.get("lang"):
        root.set("lang", order["lang"])
    if head.find("title") is None:
        _add(head, "title").text = order["title"]
    if order["as_of"]:
        for name in ("dcterms.created", "dcterms.modified"):
            _add(head, "meta", name=name, content=order["as_of"])


def _add(parent: Any, tag: str, **attributes: str) -> Any:
    made = parent.makeelement(tag, attributes)
    parent.append(made)
    return made


def limit(*, cpu: int, memory_mb: int) -> None:
    """Die with the parent; no more time and memory than allowed; no files written but fontconfig's small index."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DIED, signal.SIGKILL)
    memory = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def main() -> int:
    """Read the order, set the page, write the PDF."""
    order = json.load(sys.stdin)
    limit(cpu=order["limits"]["cpu"], memory_mb=order["limits"]["memory_mb"])
    try:
        pdf = typeset(order)
    except Refused as refused:
        os.write(2, f"{json.dumps(refused.facts)}\n".encode())
        return REFUSED
    except MemoryError:
        return 4
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
