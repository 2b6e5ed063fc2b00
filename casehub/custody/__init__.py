"""Pages about agencies: people, roles, codes, keys, whom to trust, and what is still to do."""
