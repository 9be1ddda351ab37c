"""Verifies events with the library of the Standard Webhooks project.

Reads one JSON object a line from standard input: secret, headers and body.
Prints for each `good`, or the name of what the library raises.
"""

import json
import sys

from standardwebhooks import Webhook

for line in sys.stdin:
    event = json.loads(line)
    try:
        told = Webhook(event["secret"]).verify(event["body"], event["headers"])
        print("good" if told == json.loads(event["body"]) else "read otherwise")
    except Exception as refusal:
        print(type(refusal).__name__)
