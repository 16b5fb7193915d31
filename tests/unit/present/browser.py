"""A page in a browser that is offline: what a script finds in it, and what the browser says of errors."""

from __future__ import annotations

import json
import re
import subprocess
from html import escape, unescape
from pathlib import Path
from typing import Any

#: Ends a script: it writes what was found into the page, which the browser then prints.
TELL = """
const tell = (found) => {
  const place = Object.assign(document.createElement("pre"), { id: "found" });
  place.textContent = JSON.stringify(found);
  top.document.body.append(place);
};
"""


def visit(
    page: str, script: str, *, folder: Path, width: int | None = None, options: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return what a script in a page hands to `tell`, with the lines of the browser's console.

    Parameters
    ----------
    page
        HTML.
    script
        Runs at the end of the page; it calls `tell` once, with a mapping.
    folder
        Where page and browser may write.
    width
        Of the window in pixels, where it matters; a frame, as Chromium's own window has a minimum.
    options
        Of Chromium.
    """
    file = folder / "page.html"
    told = page.replace("</body>", f"<script>{TELL}{script}</script></body>")
    frame = f'<iframe srcdoc="{escape(told)}" style="width: {width}px; height: 800px; border: 0"></iframe>'
    file.write_text(told if width is None else f'<!DOCTYPE html><meta charset="utf-8"><body>{frame}</body>')
    command = [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000",
        "--enable-logging=stderr", f"--user-data-dir={folder}", *options, "--dump-dom", f"file://{file}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    (text,) = re.findall(r'<pre id="found">(.*?)</pre>', done.stdout, flags=re.S)
    return {**json.loads(unescape(text)), "console": re.findall(r".*CONSOLE.*", done.stderr)}
