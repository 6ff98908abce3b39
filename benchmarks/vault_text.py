"""Notes to measure with: 1.4 kB of mixed Chinese and English, the same every time."""

from __future__ import annotations

import random
from dataclasses import dataclass


ENGLISH = [
    "anxiety",
    "sleep",
    "mother",
    "work",
    "school",
    "panic",
    "session",
    "feels",
    "angry",
    "afraid",
    "calm",
    "family",
    "friend",
    "exam",
    "pressure",
    "crying",
    "night",
    "dream",
    "partner",
    "divorce",
    "support",
    "plan",
    "breathing",
    "exercise",
    "goal",
    "progress",
    "week",
    "month",
    "change",
    "hope",
    "tired",
    "alone",
    "change",
    "talk",
    "listen",
]
CHINESE = [
    "焦虑",
    "睡眠",
    "母亲",
    "父亲",
    "工作",
    "学校",
    "压力",
    "情绪",
    "低落",
    "愤怒",
    "害怕",
    "平静",
    "家庭",
    "朋友",
    "考试",
    "哭泣",
    "夜晚",
    "做梦",
    "伴侣",
    "离婚",
    "支持",
    "计划",
    "呼吸",
    "练习",
    "目标",
    "进展",
    "变化",
    "希望",
    "疲惫",
    "孤独",
    "谈话",
    "倾听",
    "咨询",
    "来访",
    "关系",
    "沟通",
    "冲突",
    "内疚",
    "羞耻",
    "创伤",
    "回避",
    "依恋",
    "信任",
    "边界",
    "自责",
    "失眠",
    "食欲",
    "注意",
    "记忆",
    "动力",
]
_RARE_SYLLABLES = [
    "ba",
    "de",
    "fi",
    "go",
    "ku",
    "la",
    "mi",
    "no",
    "pe",
    "ra",
    "si",
    "to",
    "vu",
    "we",
]
_FILLER = [chr(0x4E00 + 7 * number) for number in range(700)]
NOTE_CHARS = 820  # 1.4 kB of UTF-8, half of it Chinese
_TOPICS = 6  # a common word stands in every tenth note


@dataclass(frozen=True, slots=True)
class Query:
    """One search, as a person types it."""

    name: str
    text: str


QUERIES = (
    Query("word", "divorce"),
    Query("zh", "焦虑"),
    Query("and", "睡眠 panic"),
    Query("prefix", "badef"),
)


def note_text(dice: random.Random) -> str:
    """Return one note: a few topics among much that is rare."""
    topics = dice.sample(CHINESE, _TOPICS) + dice.sample(ENGLISH, _TOPICS // 2)
    parts: list[str] = []
    length = 0
    while length < NOTE_CHARS:
        if topics and dice.random() < 0.3:
            part = topics.pop() + " "
        elif dice.random() < 0.5:
            part = "".join(dice.choices(_FILLER, k=12)) + "，"
        else:
            part = " ".join(
                "".join(dice.choices(_RARE_SYLLABLES, k=3)) for _ in range(3)
            )
            part += ". "
        parts.append(part)
        length += len(part)
    return "".join(parts)
