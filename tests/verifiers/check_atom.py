"""Reads an Atom feed from standard input with a strict parser, holds it to the
rules of RFC 4287 section 4, and prints its entries as JSON."""

import json
import re
import sys
import xml.etree.ElementTree as tree

ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
IDENTIFIER = re.compile(r"tag:[a-z0-9.-]+,\d{4}:[A-Za-z0-9./?=_-]+")

feed = tree.fromstring(sys.stdin.buffer.read())
assert feed.tag == ATOM + "feed", feed.tag


def one(parent, name):
    found = parent.findall(ATOM + name)
    assert len(found) == 1, (name, len(found))
    return found[0].text or ""


def links(parent):
    found = [(link.get("rel"), link.get("type")) for link in parent.findall(ATOM + "link")]
    assert len(found) == len(set(found)), found
    return {link.get("rel"): link.get("href") for link in parent.findall(ATOM + "link")}


assert IDENTIFIER.fullmatch(one(feed, "id")), one(feed, "id")
assert MOMENT.fullmatch(one(feed, "updated"))
entries = []
for entry in feed.findall(ATOM + "entry"):
    assert IDENTIFIER.fullmatch(one(entry, "id")), one(entry, "id")
    for name in ("published", "updated"):
        assert MOMENT.fullmatch(one(entry, name)), one(entry, name)
    content = entry.find(ATOM + "content")
    assert content.get("type") == "html" and len(content) == 0
    author = one(entry.find(ATOM + "author"), "name")
    entries.append(
        {
            "id": one(entry, "id"),
            "title": one(entry, "title"),
            "updated": one(entry, "updated"),
            "published": one(entry, "published"),
            "author": author,
            "html": content.text,
            "page": links(entry)["alternate"],
        }
    )
assert len({entry["id"] for entry in entries}) == len(entries), "an id is used twice"
assert [e["updated"] for e in entries] == sorted((e["updated"] for e in entries), reverse=True)
head = {"id": one(feed, "id"), "title": one(feed, "title"), "updated": one(feed, "updated")}
print(json.dumps({**head, **links(feed), "entries": entries}))
