"""The word table: 64 words that look and sound unlike each other."""

from __future__ import annotations

import re
from importlib import resources

import yaml

from safesession.ui.safety_words import WORD_COUNT, safety_words, word_pair


def rows() -> list[dict[str, str]]:
    path = resources.files("safesession.resources") / "wordlists" / "safety_words.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["words"]


def blurred(pinyin: str) -> str:
    """Return what many speakers make of it: zh/z, ch/c, sh/s, n/l, f/h, -ng/-n."""
    syllables = []
    for syllable in pinyin.split():
        heard = re.sub(r"^(z|c|s)h", r"\1", syllable)
        heard = re.sub(r"^l", "n", heard)
        heard = re.sub(r"^h(?=[aeu])", "f", heard)
        syllables.append(re.sub(r"ng$", "n", heard))
    return " ".join(syllables)


def test_there_are_64_unique_words() -> None:
    words = safety_words()
    assert len(words) == WORD_COUNT == 64
    for part in ("en", "zh", "emoji"):
        assert len({getattr(word, part) for word in words}) == 64


def test_words_are_short_and_plain() -> None:
    for word in safety_words():
        assert re.fullmatch(r"[A-Z][a-z]{2,9}", word.en), word.en
        assert re.fullmatch(r"[\u4e00-\u9fff]{1,3}", word.zh), word.zh
        assert word.both == f"{word.en} {word.zh}"


def test_chinese_words_stay_apart_when_spoken_carelessly() -> None:
    heard = [blurred(row["pinyin"]) for row in rows()]
    assert len(set(heard)) == 64
    for row in rows():
        assert len(row["pinyin"].split()) == len(row["zh"])


def test_no_two_chinese_words_begin_alike() -> None:
    first = [word.zh[0] for word in safety_words()]
    assert len(set(first)) == 64


def test_english_words_begin_apart() -> None:
    first = [word.en[:3] for word in safety_words()]
    assert len(set(first)) == 64


def test_a_pair_is_looked_up_by_index() -> None:
    one, other = word_pair((0, 63))
    assert (one.en, other.zh) == ("Lion", "手套")
