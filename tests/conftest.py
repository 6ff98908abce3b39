"""Settings of every test run: order, profiles, a private home, leak guards.

The work is done in tests/support; this file only names what is in force.
"""

from __future__ import annotations


pytest_plugins = [
    "pytester",
    "tests.support.surroundings",
    "tests.support.profiles",
    "tests.support.guards",
    "tests.support.log_guard",
    "tests.support.audio",
    "tests.support.camera",
    "tests.support.display",
    "tests.support.ime",
    "tests.support.person",
    "tests.support.secret_service",
]
