"""The kernel of a case: its keys, releases, teams and records, and the one opening function."""
