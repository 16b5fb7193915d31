"""A page as it is rendered, and as a browser or a reader reads it."""

import re
from html.parser import HTMLParser

from ipdmediation.present.report.page import render

VOID = {"meta", "link", "img", "br", "hr", "input"}


class Page(HTMLParser):
    """Checks that tags are closed in order and collects what tests ask about."""

    def __init__(self):
        super().__init__()
        self.open, self.headings, self.images, self.sources, self.ids, self.anchors = [], [], [], [], [], []
        self.beside = []
        self.captions = self.tables = 0

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img":
            self.images.append(found)
        followed = tag == "a" and not found["href"].startswith("#")  # by a reader; nothing is fetched
        self.beside += [found["href"]] if followed else []
        self.sources += [found[name] for name in ("src", "href") if name in found and not followed]
        self.anchors += [found["href"][1:] for _ in "a" if tag == "a" and found["href"].startswith("#")]
        self.ids += [found["id"]] if "id" in found else []
        self.tables += tag == "table"
        self.captions += tag == "caption"

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def page(examples, *results, **parts):
    return render(examples.TEMPLATE, list(results) or [examples.result()], **parts)


def whole(examples):
    other = examples.study()
    other = examples.study(analysis={**other.analysis, "label": "Complete cases"})
    return page(
        examples, examples.result(), examples.result(study=other, figures={}), published=examples.published(),
        quality=examples.quality(), manifest=examples.manifest(), truth=examples.truth(),
    )  # fmt: skip


def parsed(html):
    found = Page()
    found.feed(html)
    assert not found.open
    return found


def plain(html):
    text = re.sub(r"<(style|script)>.*?</\1>", "", html, flags=re.S)
    text = re.sub(r"<[^>]+>", " ", text).replace("\N{WORD JOINER}", "")
    return re.sub(r"\s+", " ", text).replace("&#39;", "'").replace("&lt;", "<")
