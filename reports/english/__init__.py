"""English: every sentence and heading by id, a module per topic. Another language is a second such package."""

from __future__ import annotations

from reports.english import (
    allocation,
    answers,
    messages,
    plan_workbook,
    plans,
    quarter,
    reference,
    studies,
    trace,
    words,
)

__all__ = ["SENTENCES"]

_TOPICS = (allocation, answers, messages, plan_workbook, plans, quarter, reference, studies, trace, words)
SENTENCES: dict[str, str] = {key: sentence for topic in _TOPICS for key, sentence in topic.SENTENCES.items()}

if len(SENTENCES) != sum(len(topic.SENTENCES) for topic in _TOPICS):
    raise ValueError("two topics hold one id of a sentence")
