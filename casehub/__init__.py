"""CaseHub: interagency case management for high-risk domestic violence."""

__version__ = "0.1.0"
