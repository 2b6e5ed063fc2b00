"""The web: requests as units of work, and errors as pages that say what to do next."""
