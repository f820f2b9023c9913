"""Wiring: settings, URLs, the ASGI application, background jobs, and the small tools every app uses."""
