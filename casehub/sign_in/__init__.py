"""Signing in and out, stepping up, and what people change about their own ways in."""
