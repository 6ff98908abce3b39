"""System packages: what a command needs on Linux, and how it gets there.

Must never install anything it has not named beforehand in one line.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
from contextlib import suppress
from typing import NoReturn

from bootstrap.pythons import describe
from bootstrap.shell import LINUX, environment, output_of, say, stop


# What must be there on Linux: a library, a program, a file or a font, and the
# Debian packages that bring it (the first that exists under this name).
QT = {
    "libglib-2.0.so.0": ("libglib2.0-0t64", "libglib2.0-0"),
    "libxkbcommon.so.0": ("libxkbcommon0",),
    "libfontconfig.so.1": ("libfontconfig1",),
    "libGL.so.1": ("libgl1",),
    "libEGL.so.1": ("libegl1",),
    "libpulse.so.0": ("libpulse0",),
    "libXrandr.so.2": ("libxrandr2",),  # else QtMultimedia finds no device at all
    "font:zh-cn": ("fonts-noto-cjk",),
}
XCB = {
    "libxcb-cursor.so.0": ("libxcb-cursor0",),
    "libxcb-icccm.so.4": ("libxcb-icccm4",),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1",),
    "libxcb-shape.so.0": ("libxcb-shape0",),
    "libxcb-xkb.so.1": ("libxcb-xkb1",),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0",),
}
TESTS = {
    "Xvfb": ("xvfb",),
    "openbox": ("openbox",),
    "xdotool": ("xdotool",),
    "xclip": ("xclip",),
    "import": ("imagemagick",),  # takes pictures of the screen
    "dbus-daemon": ("dbus-daemon", "dbus"),
    "gnome-keyring-daemon": ("gnome-keyring",),
    "/usr/libexec/at-spi-bus-launcher": ("at-spi2-core",),
    "python:pyatspi": ("python3-pyatspi",),  # sees windows as a screen reader does
    "pulseaudio": ("pulseaudio",),
    "pactl": ("pulseaudio-utils",),
    "espeak-ng": ("espeak-ng",),
    "sox": ("sox",),
    "gcc": ("gcc",),  # the pretended camera and the spoiled network are in C
    "strace": ("strace",),  # sees every byte that a program writes
    "ip": ("iproute2",),  # hosts in network namespaces
    "/usr/include/linux/videodev2.h": ("libc6-dev",),
}


def is_there(thing: str) -> bool:
    """Tell whether a library, program, file or font of the tables is installed."""
    if thing.startswith("/"):
        return os.path.exists(thing)  # noqa: PTH110
    if thing.startswith("font:"):
        return has_chinese_font(thing.split(":")[1])
    if thing.startswith("python:"):
        module = thing.split(":")[1]
        return output_of(["/usr/bin/python3", "-c", f"import {module}"]) is not None
    if ".so." in thing:
        try:
            ctypes.CDLL(thing)
        except OSError:
            return False
        return True
    return shutil.which(thing, path=environment()["PATH"]) is not None


def has_chinese_font(language: str) -> bool:
    """Look for a font with Chinese characters, also where fc-list is missing."""
    listed = output_of(["fc-list", ":lang=" + language, "family"])
    if listed:
        return True
    words = ("cjk", "wqy", "sourcehan", "droidsansfallback", "uming", "ukai", "sc-")
    home = os.path.expanduser("~/.local/share/fonts")  # noqa: PTH111
    for top in ("/usr/share/fonts", "/usr/local/share/fonts", home):
        for _, _, names in os.walk(top):
            if any(word in name.lower() for name in names for word in words):
                return True
    return False


def needed_by(command: str) -> dict[str, tuple[str, ...]]:
    """Return what a command needs from the system, and no more."""
    if not LINUX:
        return {}
    if command in ("test", "soak", "bench", "evidence", "setup"):
        return {**QT, **XCB, **TESTS}
    if command in ("app", "gallery") or (command == "run" and has_display()):
        return {**QT, **XCB}
    return {}


def provide_system(
    command: str, python: list[str], *, complete: bool, allowed: bool
) -> None:
    """Install missing system packages, or print how to and stop."""
    missing = {k: v for k, v in needed_by(command).items() if not is_there(k)}
    if not complete:
        code = "import sys; print('python3.%d-venv' % sys.version_info[1])"
        name = (output_of([*python, "-c", code]) or "python3-venv").strip()
        missing["ensurepip"] = (name, "python3-venv")
    if not missing:
        return
    become_root = root_prefix()
    if not shutil.which("apt-get", path=environment()["PATH"]):
        stop_without_apt(missing)
    elif become_root is None or not allowed:
        names = " ".join(package_names(missing))
        stop(
            f"missing on this system: {', '.join(missing)}. Please run:\n"
            f"  sudo apt-get update && sudo apt-get install -y --no-install-recommends {names}"
        )
    else:
        apt_install(missing, become_root)
    still = [k for k in missing if k != "ensurepip" and not is_there(k)]
    if not complete and not describe(python)[1]:
        still.append("ensurepip (Python's venv package)")
    if still:
        stop("still missing after the installation: " + ", ".join(still))


def apt_install(missing: dict[str, tuple[str, ...]], become_root: list[str]) -> None:
    """Say what comes, then let apt-get install it."""
    apt = [*become_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    apt += ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
    say("reading the lists of system packages (apt-get update)")
    subprocess.run(
        [*apt, "-q", "update"], env=environment(), stdin=subprocess.DEVNULL, check=False
    )
    names = package_names(missing)
    say(
        "installing system packages with apt-get (--no-system forbids this): "
        + " ".join(names)
    )
    install = [*apt, "install", "-y", "--no-install-recommends", *names]
    code = subprocess.call(install, env=environment(), stdin=subprocess.DEVNULL)
    if code:
        stop(
            f"apt-get failed with exit code {code}; the command was: {' '.join(install)}"
        )


def root_prefix() -> list[str] | None:
    """Return what makes a command run as root without asking, or None."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if output_of(["sudo", "-n", "true"]) is not None else None


def package_names(missing: dict[str, tuple[str, ...]]) -> list[str]:
    """Choose for each thing the package name this distribution release knows."""
    names = []
    for alternatives in missing.values():
        known = (n for n in alternatives[:-1] if output_of(["apt-cache", "show", n]))
        names.append(next(known, alternatives[-1]))
    return sorted(set(names))


def stop_without_apt(missing: dict[str, tuple[str, ...]]) -> NoReturn:
    """Print the command for a system that has no apt-get, and stop."""
    for tool in ("dnf", "zypper"):
        if shutil.which(tool, path=environment()["PATH"]):
            # Both resolve a library's name, a file and a font's language.
            asked = []
            for thing in missing:
                if thing.startswith("font:"):
                    asked.append("'font(:lang=zh-cn)'")
                elif ".so." in thing:
                    asked.append(f"'{thing}()(64bit)'")
                elif thing.startswith("python:"):
                    asked.append("python3-" + thing.split(":")[1])
                elif thing != "ensurepip":
                    asked.append(thing if thing[0] == "/" else "/usr/bin/" + thing)
            stop(
                f"missing on this system: {', '.join(missing)}. Please run:\n"
                f"  sudo {tool} install {' '.join(asked)}"
            )
    stop(
        f"missing on this system: {', '.join(missing)}. Install the packages that bring "
        "them (Debian's names: " + ", ".join(v[-1] for v in missing.values()) + ")."
    )


def has_display() -> bool:
    """Tell whether windows can be shown here."""
    if not LINUX or os.environ.get("WAYLAND_DISPLAY"):
        return True
    display = os.environ.get("DISPLAY", "")
    if not display.startswith(":"):
        return bool(display)
    number = display[1:].split(".")[0]
    for address in (f"\0/tmp/.X11-unix/X{number}", f"/tmp/.X11-unix/X{number}"):  # noqa: S108
        with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
            probe.connect(address)
            return True
    return False
