"""The guards of the test run themselves: each must catch its leak, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.log_guard import spellings


ROOT = Path(__file__).resolve().parents[2]

BAD_AND_GOOD = """
    import asyncio, base64, logging, socket, threading, time
    import pytest
    from PySide6.QtCore import QThread, QTimer, qWarning
    from PySide6.QtWidgets import QWidget

    stop = threading.Event()
    kept = []

    async def test_bad_task():
        kept.append(asyncio.get_running_loop().create_task(asyncio.sleep(60)))

    async def test_good_task():
        await asyncio.get_running_loop().create_task(asyncio.sleep(0))

    async def test_good_cancelled_task():
        asyncio.get_running_loop().create_task(asyncio.sleep(60)).cancel()

    async def test_bad_task_error():
        async def fail():
            raise ValueError("boom")
        asyncio.get_running_loop().create_task(fail())
        await asyncio.sleep(0.01)

    def test_bad_thread():
        threading.Thread(target=stop.wait, name="left", daemon=True).start()

    def test_good_thread_of_the_one_before():
        stop.set()

    def test_bad_timer(qapp):
        kept.append(QTimer())
        kept[-1].start(60_000)

    def test_good_timer_in_closed_window(qtbot):
        window = QWidget()
        qtbot.addWidget(window)
        QTimer(window).start(60_000)

    def test_bad_qthread(qapp):
        kept.append(QThread())
        kept[-1].start()

    def test_good_after_qthread():
        kept[-1].quit()
        assert kept[-1].wait(2000)

    def test_bad_qt_warning(qapp):
        qWarning("something is wrong")

    def test_bad_secret(secret):
        key = secret(b"0123456789abcdef")
        logging.getLogger("somewhere").warning("key %s", base64.b64encode(key))

    def test_bad_secret_at_debug(secret):
        logging.getLogger("safesession.x").debug("code %s", secret("1234567890123456"))

    def test_good_secret(secret):
        secret("1234567890123456")
        logging.getLogger("safesession.x").debug("nothing to see")

    def test_bad_network():
        with pytest.raises(OSError):
            socket.getaddrinfo("stun.somewhere.example", 3478)

    def test_good_network():
        socket.getaddrinfo("127.0.0.1", 80)

    @pytest.mark.soak
    def test_long():
        raise AssertionError("only a soak run takes me")
"""


@pytest.fixture
def inner(pytester: pytest.Pytester) -> pytest.Pytester:
    """Lay out a small project under the same guards."""
    pytester.makeini(
        f"""
        [pytest]
        pythonpath = {ROOT} {ROOT / "src"}
        addopts = --import-mode=importlib -p no:cacheprovider
        asyncio_mode = auto
        asyncio_default_fixture_loop_scope = function
        qt_api = pyside6
        qt_log_level_fail = WARNING
        markers =
            soak: long
            background_errors: expected
        """
    )
    pytester.makeconftest(
        """
        pytest_plugins = [
            "tests.support.surroundings", "tests.support.profiles",
            "tests.support.guards", "tests.support.log_guard",
        ]

        def pytest_configure():
            from tests.support import guards
            guards.GRACE_S = 0.2
        """
    )
    return pytester


def test_each_leak_fails_its_test_and_no_other(inner: pytest.Pytester) -> None:
    inner.makepyfile(BAD_AND_GOOD)
    result = inner.runpytest_subprocess("-v", timeout=60)
    verdicts: dict[str, set[str]] = {}
    for line in result.outlines:
        name, _, rest = line.partition(" ")
        if "::test_" in name and rest:
            verdicts.setdefault(name.split("::")[1], set()).add(rest.split()[0])
    assert len(verdicts) == 16
    wrong = {
        name: got
        for name, got in verdicts.items()
        if bool(got & {"FAILED", "ERROR"}) is not name.startswith("test_bad")
    }
    assert not wrong, "\n".join([str(wrong), *result.outlines])
    assert any("1 deselected" in line for line in result.outlines)


def test_header_tells_how_to_repeat_the_run(
    inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAFESESSION_TEST_PROFILE", "soak")
    monkeypatch.setenv("SAFESESSION_TEST_SEED", "77")
    inner.makepyfile(
        """
        import pytest
        from hypothesis import given, settings, strategies as st

        @pytest.mark.soak
        def test_profile(profile, rng):
            assert profile.count(ci=1, soak=9) == 9
            assert settings().max_examples == 5000
            assert 0 <= rng.random() < 1
        """
    )
    result = inner.runpytest_subprocess(timeout=60)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["safesession: profile soak, seed 77"])


@pytest.mark.parametrize(
    "text", ["1234 5678 9012 3456", "1234-5678-9012-3456", "1234567890123456"]
)
def test_a_code_is_found_in_any_grouping(text: str) -> None:
    assert text in spellings("1234567890123456")


def test_state_and_home_are_private(state_dir: Path) -> None:
    assert not state_dir.exists()
    assert Path.home() != Path("~").expanduser().parent
    assert "safesession-tests-" in str(Path.home())
