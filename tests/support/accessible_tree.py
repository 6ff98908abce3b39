"""Ask the accessibility bus, as a screen reader does, what windows show.

Run by `person.py` under the system's Python, which has pyatspi; never imported.
Reads a line of JSON, a part of an application's name; answers a line with a list.
"""

from __future__ import annotations

import json
import sys

import pyatspi
from gi.repository import GLib


STATES = {
    "enabled": pyatspi.STATE_ENABLED,
    "showing": pyatspi.STATE_SHOWING,
    "focused": pyatspi.STATE_FOCUSED,
    "checked": pyatspi.STATE_CHECKED,
}


# Newer buses say it shorter.
ROLES = {"button": "push button"}


def describe(node) -> dict:
    extents = node.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
    states = node.getState()
    try:
        text = node.queryText().getText(0, -1)
    except NotImplementedError:
        text = ""
    return {
        "role": ROLES.get(node.getRoleName(), node.getRoleName()),
        "name": node.name,
        "text": text,
        "area": [extents.x, extents.y, extents.width, extents.height],
        "states": [word for word, state in STATES.items() if states.contains(state)],
    }


def walk(node, found: list) -> None:
    try:
        if node.getRole() != pyatspi.ROLE_APPLICATION:  # it has no place of its own
            found.append(describe(node))
            if "showing" not in found[-1]["states"]:
                return  # nor is anything inside; asking all of it takes seconds
        children = list(node)
    except (GLib.GError, NotImplementedError, ValueError):  # it vanished meanwhile
        return
    for child in children:
        if child is not None:
            walk(child, found)


def main() -> None:
    for line in sys.stdin:
        wanted = json.loads(line)
        found: list = []
        for application in pyatspi.Registry.getDesktop(0):
            if application is not None and wanted in (application.name or ""):
                walk(application, found)
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


main()
