"""Reads a calendar from standard input as two programs that are not ours do, and
prints what they found in it: a line for each event, UID, start and SEQUENCE."""

import sys

import icalendar
import vobject

text = sys.stdin.buffer.read().decode("utf-8")
calendar = icalendar.Calendar.from_ical(text)
problems = [error for part in calendar.walk() for error in part.errors]
if problems:
    sys.exit(f"icalendar: {problems}")
read = vobject.readOne(text, validate=True)
theirs = sorted(event.uid.value for event in getattr(read, "vevent_list", []))
events = sorted(calendar.walk("VEVENT"), key=lambda event: event["UID"])
if theirs != [str(event["UID"]) for event in events]:
    sys.exit(f"they disagree: {theirs}")
if str(calendar["REFRESH-INTERVAL"].to_ical().decode()) != "PT12H":
    sys.exit("REFRESH-INTERVAL is not a duration")
print(calendar["NAME"])
for event in events:
    start = event["DTSTART"].dt.isoformat()
    print(event["UID"], start, event.get("SEQUENCE", "-"), event.get("STATUS", "-"))
