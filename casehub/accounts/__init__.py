"""Accounts: who signs in, in which roles, and who holds which agency's keys."""
