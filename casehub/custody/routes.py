"""All pages of the slice, for the application to register."""

import casehub.custody.agency_routes
import casehub.custody.code_routes
import casehub.custody.hub_routes
import casehub.custody.key_routes
import casehub.custody.people_routes
import casehub.custody.role_routes
import casehub.custody.sheet_routes  # noqa: F401 - importing them hangs the pages on the blueprint
from casehub.custody.blueprint import pages

__all__ = ["pages"]
