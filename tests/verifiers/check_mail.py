"""Judges finished mails with programs that are not ours.

Usage: check_mail.py [--dkim PUBLIC_KEY_BASE64] FILE...

Python's strict mail policy must find no defect, the calendar part must parse,
and with --dkim the signature must hold. Prints every complaint; 1 if any.
"""

import email
import email.policy
import re
import sys

import dkim
import icalendar

ONCE = ["Date", "From", "To", "Message-ID", "Subject", "Reply-To", "MIME-Version", "List-Id",
        "List-Help", "List-Archive", "List-Post", "List-Unsubscribe", "List-Unsubscribe-Post",
        "Auto-Submitted", "Precedence", "Feedback-ID"]
SIGNED = ["from", "to", "subject", "date", "message-id", "content-type", "list-unsubscribe",
          "list-unsubscribe-post", "feedback-id"]


def of_sink(raw):
    """What smtp-sink wrote, without the lines it adds at the top."""
    lines = raw.split(b"\n")
    start = next(i for i, line in enumerate(lines) if line.startswith((b"DKIM-", b"Date:")))
    return b"\n".join(lines[start:])


def complaints(raw, public_key):
    if raw.startswith(b"X-Client-Addr"):
        raw = of_sink(raw).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    if re.search(rb"\r(?!\n)|(?<!\r)\n", raw):
        yield "a bare CR or LF"
    if max(len(line) for line in raw.split(b"\r\n")) > 998:
        yield "a line beyond 998 octets"
    header = raw.split(b"\r\n\r\n", 1)[0]
    if not header.isascii():
        yield "a header beyond ASCII"
    message = email.message_from_bytes(raw, policy=email.policy.strict)
    for part in message.walk():
        for defect in part.defects:
            yield f"{part.get_content_type()}: {defect!r}"
        for name, value in part.items():
            for defect in getattr(value, "defects", ()):
                yield f"{name}: {defect!r}"
    for name in ONCE:
        if len(message.get_all(name, [])) != 1:
            yield f"{name} stands {len(message.get_all(name, []))} times"
    types = [part.get_content_type() for part in message.walk()]
    if types != ["multipart/mixed", "multipart/alternative", "text/plain", "text/html",
                 "text/calendar"]:
        yield f"its parts are {types}"
    for part in message.walk():
        if not part.is_multipart():
            part.get_content()
        if part.get_content_type() == "text/calendar":
            if part.get_param("method") != "PUBLISH":
                yield "the calendar part has no method"
            icalendar.Calendar.from_ical(part.get_content())
    if public_key:
        yield from unsigned(raw, message, public_key)


def unsigned(raw, message, public_key):
    record = b"v=DKIM1; k=rsa; p=" + public_key.encode()
    if not dkim.verify(raw, dnsfunc=lambda name, timeout=5: record):
        yield "the DKIM signature does not hold"
    tags = dict(tag.strip().split("=", 1) for tag in message["DKIM-Signature"].split(";") if "=" in tag)
    covered = [name.strip().lower() for name in tags["h"].split(":")]
    for name in SIGNED:
        if name not in covered:
            yield f"{name} is not signed"
    if covered.count("from") < 2:
        yield "From could be added above the signed one"
    altered = raw.replace(b"\r\nFrom: ", b"\r\nFrom: <evil@example.org>\r\nFrom: ", 1)
    if dkim.verify(altered, dnsfunc=lambda name, timeout=5: record):
        yield "an added From goes unnoticed"


def main(arguments):
    public_key = None
    if arguments[0] == "--dkim":
        public_key, arguments = arguments[1], arguments[2:]
    found = False
    for name in arguments:
        with open(name, "rb") as file:
            for complaint in complaints(file.read(), public_key):
                found = True
                print(f"{name}: {complaint}")
    return 1 if found else 0


sys.exit(main(sys.argv[1:]))
