"""Fail a test whose log holds one of its secrets, or a background error.

`secret(value)` declares a value that must appear in no log record, in any of
the spellings people log by accident. The guard sees every record that any
logger emits, and the product's own down to DEBUG.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest


_S = TypeVar("_S", str, bytes)


def spellings(value: str | bytes) -> set[str]:
    """Return the texts under which a secret could be found in a log."""
    if isinstance(value, str):
        grouped = " ".join(value[i : i + 4] for i in range(0, len(value), 4))
        return {value, grouped, grouped.replace(" ", "-")} | spellings(value.encode())
    found = {
        value.hex(),
        value.hex(" "),
        base64.b64encode(value).decode().rstrip("="),
        base64.urlsafe_b64encode(value).decode().rstrip("="),
        repr(value)[2:-1],
        str(list(value)),
    }
    return {text for text in found if len(text) > 3}


class _Recorder(logging.Handler):
    """Keeps the text of every record, with traceback."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.texts: list[str] = []
        self.background_errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        self.texts.append(text)
        if record.name == "asyncio" and record.levelno >= logging.ERROR:
            self.background_errors.append(text)


@pytest.fixture
def declared_secrets() -> list[str | bytes]:
    """Return the list that `secret` fills."""
    return []


@pytest.fixture
def secret(declared_secrets: list[str | bytes]) -> Callable[[_S], _S]:
    """Return a function that declares a value secret and hands it back."""

    def declare(value: _S) -> _S:
        declared_secrets.append(value)
        return value

    return declare


@pytest.fixture(autouse=True)
def logs_are_clean(
    request: pytest.FixtureRequest, declared_secrets: list[str | bytes]
) -> Iterator[None]:
    """Read the log over the test's shoulder.

    A test that provokes a failing background task says so with the marker
    `background_errors`.
    """
    recorder = _Recorder()
    root, ours = logging.getLogger(), logging.getLogger("safesession")
    level = ours.level
    root.addHandler(recorder)
    ours.setLevel(logging.DEBUG)
    yield
    root.removeHandler(recorder)
    ours.setLevel(level)
    for value in declared_secrets:
        for text in spellings(value):
            loggers = [t.split(" ")[0] for t in recorder.texts if text in t]
            assert not loggers, f"a declared secret is in the log of {loggers}"
    if not request.node.get_closest_marker("background_errors"):
        assert not recorder.background_errors, recorder.background_errors
