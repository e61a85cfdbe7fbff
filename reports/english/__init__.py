"""English: every sentence and heading by id, a module per topic. Another language is a second such package."""

from __future__ import annotations

import pkgutil
from importlib import import_module

__all__ = ["SENTENCES"]

_TOPICS = [import_module(f"{__name__}.{topic.name}") for topic in pkgutil.iter_modules(__path__)]
SENTENCES: dict[str, str] = {key: sentence for topic in _TOPICS for key, sentence in topic.SENTENCES.items()}

if len(SENTENCES) != sum(len(topic.SENTENCES) for topic in _TOPICS):
    raise ValueError("two topics hold one id of a sentence")
