"""Lets redbot judge every public address that is read.

    check_http.py URL DESCRIPTION PATH...

Asks for each GET of the API's description with its own examples, and for each PATH.
Prints what redbot calls bad, and fails where there is any; the last line sums up.
"""

import concurrent.futures
import json
import pathlib
import subprocess
import sys
import urllib.parse

# Without it redbot would ask for a path that nobody described.
SECRET = ("token",)


def described(document):
    """The addresses of a description, as its examples have them."""
    for path, operations in document["paths"].items():
        operation = operations.get("get")
        if operation is None or operation.get("security"):
            continue
        query, given, needs = [], True, False
        for parameter in operation.get("parameters", []):
            name, example = parameter["name"], parameter.get("example")
            if parameter["in"] == "path":
                given = given and name not in SECRET and example is not None
                path = path.replace("{" + name + "}", urllib.parse.quote(str(example)))
            elif example is not None and name != "limit":
                query.append((name, str(example)))
                needs = needs or parameter.get("required", False)
        if given and not needs:
            yield path
        if given and query:
            yield path + "?" + urllib.parse.urlencode(query)


def judged(address):
    """The address, the notes that redbot calls bad, and how many it made."""
    redbot = pathlib.Path(sys.executable).with_name("redbot")
    ran = subprocess.run([redbot, "-o", "har", address], capture_output=True, text=True, timeout=60)
    if ran.returncode != 0:
        return address, [ran.stderr.strip() or "redbot failed"], 0
    entries = json.loads(ran.stdout)["log"]["entries"]
    status = entries[0]["response"]["status"] if entries else 0
    notes = [note for entry in entries for note in entry.get("_red_messages", [])]
    bad = [note["summary"] for note in notes if note["level"] == "BAD"]
    if status != 200:
        bad.append(f"it answers {status}")
    return address, bad, len(notes)


def main():
    base, description, *paths = sys.argv[1:]
    document = json.loads(pathlib.Path(description).read_text(encoding="utf-8"))
    addresses = sorted({base + path for path in [*described(document), *paths]})
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        verdicts = list(pool.map(judged, addresses))
    wrong = 0
    for address, bad, _ in verdicts:
        wrong += len(bad)
        for text in bad:
            print(f"{address}: {text}")
    notes = sum(count for _, _, count in verdicts)
    print(f"{len(addresses)} addresses, {notes} notes, {wrong} errors")
    sys.exit(1 if wrong or not notes else 0)


main()
