"""Says of each file what flufl.bounce takes it for: permanent, temporary, none.

Usage: judge_bounces.py FILE...
"""

import email
import sys

from flufl.bounce import all_failures

for name in sys.argv[1:]:
    with open(name, "rb") as file:
        temporary, permanent = all_failures(email.message_from_binary_file(file))
    print("permanent" if permanent else "temporary" if temporary else "none")
