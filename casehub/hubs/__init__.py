"""Hubs and agencies, the agencies' keys, and who trusts whose."""
