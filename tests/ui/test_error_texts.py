"""Everything that can go wrong has its own sentences, in both languages."""

from __future__ import annotations

import pytest

from safesession.core.status import CaptureState, Problem
from safesession.ui.error_texts import (
    WayOn,
    camera_text,
    microphone_text,
    problem_text,
    ways_on,
)
from safesession.ui.gallery import Look, looking
from safesession.ui.theme.controller import SchemeChoice


LANGUAGES = ["en", "zh_CN"]
TROUBLED = [
    CaptureState.MISSING,
    CaptureState.BUSY,
    CaptureState.REFUSED,
    CaptureState.LOST,
    CaptureState.DEMO,
]
TO_CLIENTS = [
    "故障",
    "失败",
    "可疑",
    "攻击",
    "error",
    "failed",
    "suspicious",
    "attack",
    "!",
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("problem", Problem)
def test_every_problem_has_three_sentences(qapp, language, problem) -> None:
    with looking(Look(language, SchemeChoice.LIGHT)):
        text = problem_text(problem)
    for sentence in (text.happened, text.meaning, text.next_step):
        assert sentence.rstrip().endswith("。" if language == "zh_CN" else ".")
        assert not any(word in sentence.lower() for word in TO_CLIENTS)
    assert text.happened in text.joined()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_problems_share_a_headline(qapp, language) -> None:
    with looking(Look(language, SchemeChoice.LIGHT)):
        heads = [problem_text(problem).happened for problem in Problem]
    assert len(set(heads)) == len(heads)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", [camera_text, microphone_text])
def test_every_capture_trouble_has_its_own_sentence_and_a_way_on(
    qapp, language, words
) -> None:
    with looking(Look(language, SchemeChoice.LIGHT)):
        texts = [words(state) for state in TROUBLED]
    assert all(texts)
    assert len({text.happened for text in texts}) == len(TROUBLED)
    assert all(ways_on(state) for state in TROUBLED)


@pytest.mark.parametrize(
    "state", [CaptureState.ON, CaptureState.OFF, CaptureState.STARTING]
)
def test_healthy_capture_needs_no_words(qapp, state) -> None:
    assert camera_text(state) is None
    assert microphone_text(state) is None
    assert ways_on(state) == ()


def test_the_wording_of_the_content_is_kept(qapp) -> None:
    with looking(Look("zh_CN", SchemeChoice.LIGHT)):
        assert problem_text(Problem.CODE_MISTYPED).happened == (
            "邀请码有一位似乎输错了，请对照再核对一遍（共 16 位数字）。"
        )
        busy = camera_text(CaptureState.BUSY)
        assert busy is not None
        assert busy.joined().startswith("摄像头被其他程序占用。可先用语音继续。")
    assert WayOn.SWITCH_OFF in ways_on(CaptureState.BUSY)
