"""The deployment's settings, as `wsgi.py` takes them: from CASEHUB_* and the settings file."""

from casehub.settings import Settings, load_settings


def settings() -> Settings:
    """Return the settings; raise Misconfigured with every problem at once."""
    return load_settings()
