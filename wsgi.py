"""The entrance for a WSGI server: `wsgi:app`."""

import config
from casehub.app import create_app, start_up

_settings = config.settings()
app = create_app(_settings)
with app.app_context():
    start_up(_settings)
