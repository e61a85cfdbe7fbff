"""Uniforms of many replications at once, written down beside `Draws`: for tests of distributions, which need many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.distributions import Floats
from simulation.draws import WORD_VALUES, Entities, Purpose, philox4x32, purpose_word

__all__ = ["uniforms_block"]


def uniforms_block(
    seed: int, replications: NDArray[np.integer], purpose: Purpose, entities: Entities, count: int = 1
) -> Floats:
    """Shape (m, n, count): row i equals `Draws(seed, replications[i]).uniforms(purpose, entities, count)`."""
    blocks = np.arange(-(-count // 4))
    entity_0, entity_1 = entities.words[:, :, np.newaxis]
    counter = entity_0, entity_1, blocks, replications[:, np.newaxis, np.newaxis]
    words = np.moveaxis(philox4x32(counter, (seed, purpose_word(purpose))), 0, -1)
    words = words.reshape(*words.shape[:2], 4 * blocks.size)[:, :, :count]
    return (words + 0.5) / WORD_VALUES
