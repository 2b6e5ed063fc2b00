"""Oversight: the log as sentences, for those who answer for what others do."""
