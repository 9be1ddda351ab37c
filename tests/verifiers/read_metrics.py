"""Reads metrics from standard input as Prometheus' own library does.

Prints NAME{label=value,…} TAB VALUE for each sample. Fails on what it cannot
read, and on a metric without help or type.
"""

import sys

from prometheus_client.parser import text_string_to_metric_families

for family in text_string_to_metric_families(sys.stdin.read()):
    if not family.documentation or family.type in ("unknown", "untyped"):
        sys.exit(f"{family.name}: no help or no type")
    for sample in family.samples:
        labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
        print(f"{sample.name}{{{labels}}}" if labels else sample.name, sample.value, sep="\t")
