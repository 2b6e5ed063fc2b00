"""The demo: a fictional hub, told through services. It lives in a temporary folder of its own."""
