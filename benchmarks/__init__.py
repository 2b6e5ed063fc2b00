"""How fast CaseHub is, measured side by side with the least that could do the same.

`python -m benchmarks` runs everything in one run and prints ratios; nothing is ever asserted about
time. `limits.py` names the limits, `README.md` is generated from the last full run.
"""
