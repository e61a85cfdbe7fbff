"""All the randomness of one replication, as a pure function instead of a stream.

A draw depends on (seed, replication, purpose, entity id, index) and on nothing else: not on when it is read, by
whom, or which other draws are read. So the same future can be replayed under any decision, an added entity moves
no other entity's draws, and a replication can be worked out by hand. The generator is Philox4x32-10 (Salmon,
Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11), with

    key = (seed, purpose word)    counter = (entity word 0, entity word 1, index // 4, replication)

and index % 4 choosing one of the four words it returns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from hashlib import blake2b
from typing import NamedTuple, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulation.distributions import Floats, poisson_count

Words: TypeAlias = NDArray[np.uint32]
Integers: TypeAlias = NDArray[np.int64]

WORD_VALUES = 2**32
WORDS_PER_BLOCK = 4
"""Random words that one evaluation of the generator yields."""
LARGEST_UNIFORM = (WORD_VALUES - 0.5) / WORD_VALUES

# Multipliers and key increments of Philox4x32. The multipliers stand in the order of the words they produce:
# each round swaps the two products.
_MULTIPLIERS = (0xCD9E8D57, 0xD2511F53)
_KEY_INCREMENTS = (0x9E3779B9, 0xBB67AE85)
_LOW_WORD = np.uint64(0xFFFFFFFF)
_WORD_BITS = np.uint64(32)

# Evaluations at a time: the working arrays of more no longer fit the processor's cache.
_EVALUATIONS_AT_ONCE = 2**14


def philox4x32(counter: Sequence[ArrayLike], key: tuple[ArrayLike, ArrayLike], rounds: int = 10) -> Words:
    """Four random words per counter: shape (4, *s), where s is the shape that counter and key words broadcast to."""
    words = [_as_words("counter word", word) for word in counter]
    keys = np.broadcast_arrays(*(_as_words("key word", word) for word in key))
    shape = np.broadcast(*words, *keys).shape
    # Words 0 and 2 are multiplied, 1 and 3 are mixed in: two arrays of two rows take half as many numpy calls as four.
    multiplied = np.empty((2, *shape), dtype=np.uint64)
    mixed = np.empty((2, *shape), dtype=np.uint64)
    multiplied[0], mixed[0], multiplied[1], mixed[1] = words
    product = np.empty_like(multiplied)
    round_key = np.stack(keys).astype(np.uint64).reshape(2, *(1,) * (len(shape) - keys[0].ndim), *keys[0].shape)
    multipliers, increments = (_of_two(pair, len(shape)) for pair in (_MULTIPLIERS, _KEY_INCREMENTS))
    for _ in range(rounds):
        np.multiply(multiplied[::-1], multipliers, out=product)
        np.right_shift(product, _WORD_BITS, out=multiplied)
        multiplied ^= mixed
        multiplied ^= round_key
        np.bitwise_and(product, _LOW_WORD, out=mixed)
        round_key = (round_key + increments) & _LOW_WORD
    result = np.empty((4, *shape), dtype=np.uint32)
    result[0::2] = multiplied
    result[1::2] = mixed
    return result


def _of_two(pair: Sequence[int], dimensions: int) -> NDArray[np.uint64]:
    """One value for each of two rows of arrays of so many dimensions."""
    return np.array(pair, dtype=np.uint64).reshape(2, *(1,) * dimensions)


def _as_words(name: str, value: ArrayLike) -> Words:
    """Turn integers into 32-bit words; numpy would wrap those that do not fit without a sound."""
    array = np.asarray(value)
    if array.dtype == np.uint32:
        return array
    if array.dtype.kind not in "iu":
        raise ValueError(f"{name} must be a whole number below 2**32, found {value!r}")
    outside = array[(array < 0) | (array >= WORD_VALUES)]
    if outside.size:
        raise ValueError(f"{name} must be at least 0 and below 2**32, found {outside.flat[0]}")
    return array.astype(np.uint32)


class Purpose(StrEnum):
    """What a draw decides. The name fixes the draws: renaming a purpose changes results, reordering does not."""

    NATURE = auto()
    STRIKE = auto()
    EVENT = auto()
    STAGE_PASS = auto()
    CYCLE = auto()
    VALUE = auto()
    PRODUCT_MIX = auto()
    TIER_MIX = auto()
    ARRIVAL = auto()
    HEIGHT = auto()
    ARRIVAL_COUNT = auto()
    RENEWAL = auto()
    PAYMENT = auto()
    TOUCH = auto()
    TEST_GROUP = auto()
    EXAM = auto()


def purpose_word(name: str) -> int:
    """32-bit word of a purpose, the same on every platform."""
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "little")


def purpose_words(names: Iterable[str]) -> Mapping[str, int]:
    """Word of each purpose; two purposes of one word would share their draws and are refused."""
    names_by_word: dict[int, str] = {}
    for name in names:
        other = names_by_word.setdefault(purpose_word(name), name)
        if other != name:
            raise ValueError(f'purposes "{other}" and "{name}" have the same 32-bit word; rename one of them')
    return {name: word for word, name in names_by_word.items()}


_PURPOSE_WORDS = purpose_words(Purpose)


def entity_words(ids: Sequence[str]) -> Words:
    """Two 32-bit words per id, shape (2, n), the same on every platform; ids that would share draws are refused."""
    if isinstance(ids, str):
        raise TypeError(f'entity ids must be a sequence of strings, found the one string "{ids}"')
    digests = b"".join(_entity_digest(entity) for entity in ids)
    words = np.frombuffer(digests, dtype="<u4").reshape(-1, 2).T.astype(np.uint32)
    _refuse_shared_words(ids, words)
    return words


def _entity_digest(entity: str) -> bytes:
    return blake2b(entity.encode(), digest_size=8).digest()


def _refuse_shared_words(ids: Sequence[str], words: Words) -> None:
    both = words[0] | (words[1].astype(np.uint64) << _WORD_BITS)
    order = np.argsort(both, kind="stable")
    repeated = np.flatnonzero(both[order[1:]] == both[order[:-1]])
    if repeated.size:
        first, second = ids[order[repeated[0]]], ids[order[repeated[0] + 1]]
        if first == second:
            raise ValueError(f'entity id "{first}" is given twice')
        raise ValueError(f'entity ids "{first}" and "{second}" have the same 64-bit hash; rename one of them')


@dataclass(frozen=True, slots=True, eq=False)
class Entities:
    """Ids with their words, hashed once per plan. Their order is the order of the draws' rows, and nothing else."""

    ids: tuple[str, ...]
    words: Words

    @classmethod
    def of(cls, ids: Iterable[str]) -> Self:
        """Hash the ids; an id given twice is an error."""
        ids = ids if isinstance(ids, str) else tuple(ids)
        words = entity_words(ids)
        words.flags.writeable = False
        return cls(tuple(ids), words)

    def __len__(self) -> int:
        return len(self.ids)

    def __add__(self, other: "Entities") -> "Entities":
        ids, words = self.ids + other.ids, np.concatenate([self.words, other.words], axis=1)
        _refuse_shared_words(ids, words)
        words.flags.writeable = False
        return Entities(ids, words)

    def take(self, rows: NDArray[np.integer]) -> "Entities":
        """Choose entities by their row, in the order given; a row twice would draw the same twice and is an error."""
        rows = np.asarray(rows)
        if rows.dtype.kind not in "iu":
            raise TypeError(f"rows must be integers, found {rows.dtype}; np.flatnonzero turns a mask into rows")
        outside = rows[(rows < 0) | (rows >= len(self))]
        if outside.size:
            raise IndexError(f"row {outside[0]} is outside the {len(self)} entities")
        values, times = np.unique(rows, return_counts=True)
        if values.size < rows.size:
            raise ValueError(f'entity id "{self.ids[values[np.argmax(times)]]}" is taken twice')
        words = self.words[:, rows]
        words.flags.writeable = False
        return Entities(tuple(map(self.ids.__getitem__, rows.tolist())), words)


@dataclass(frozen=True, slots=True)
class Draws:
    """One replication's randomness; making one costs nothing and reading it changes nothing."""

    seed: int
    replication: int

    def __post_init__(self) -> None:
        _as_words("seed", self.seed)
        _as_words("replication", self.replication)

    def uniforms(self, purpose: Purpose, entities: Entities, count: int = 1) -> Floats:
        """Uniforms of the open interval (0, 1), shape (n, count); column k is the same whatever the count."""
        return self.several(entities, {purpose: count})[purpose]

    def several(self, entities: Entities, counts: Mapping[Purpose, int]) -> dict[Purpose, Floats]:
        """``uniforms`` of several purposes: read together they take one evaluation of the generator."""
        purposes: list[int] = []
        blocks: list[int] = []
        ends = [0]
        for purpose, count in counts.items():
            if count < 0:
                raise ValueError(f"count must be at least 0, found {count}")
            needed = range(-(-count // WORDS_PER_BLOCK))
            purposes += [_PURPOSE_WORDS[purpose]] * len(needed)
            blocks += needed
            ends.append(len(blocks))
        rows, keys = (np.array(column, dtype=np.uint32)[:, np.newaxis] for column in (blocks, purposes))
        step = max(1, _EVALUATIONS_AT_ONCE // max(1, len(blocks)))
        parts = [
            philox4x32((*entities.words[:, start : start + step], rows, self.replication), (self.seed, keys))
            for start in range(0, max(1, len(entities)), step)
        ]
        words = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=2)
        return {
            purpose: _uniforms(words[:, start:end], count)
            for (purpose, count), start, end in zip(counts.items(), ends[:-1], ends[1:], strict=True)
        }


def _uniforms(words: Words, count: int) -> Floats:
    """Uniforms of shape (n, count) of words of shape (4, blocks, n).

    The middle of each of 2**32 equal cells: exact in floating point, never 0 or 1.
    """
    _, blocks, entities = words.shape
    words = words.transpose(2, 1, 0).reshape(entities, blocks * WORDS_PER_BLOCK)[:, :count]
    uniforms: Floats = np.add(words, 0.5, order="C")
    uniforms *= 1 / WORD_VALUES
    return uniforms


@dataclass(frozen=True, slots=True, eq=False)
class PoissonLayers:
    """Every possible layer of points in time × height, made once per plan.

    Layer k of a source holds the points of heights [kΔ, (k+1)Δ) over the time window [0, T), on average T · Δ of
    them. Each layer is an entity of its own, so more layers only add points, and sources do not touch each other.
    Window T and layer height Δ are part of what a future is: fix them for a plan, and let only rates vary. The cost
    is least with T · Δ at about 4, one evaluation of the generator.
    """

    sources: tuple[str, ...]
    window: float
    layer_height: float
    source: Integers
    layer: Integers
    entities: Entities
    most_points: int
    """Points that one layer can hold at most: the count at the largest uniform there is."""

    @classmethod
    def of(cls, sources: Sequence[str], layers: int | NDArray[np.integer], window: float, layer_height: float) -> Self:
        """Stack `layers` layers (one number, or one per source) of height Δ on every source."""
        if not (0 < window < np.inf and 0 < layer_height < np.inf):
            raise ValueError(f"window and layer_height must be above 0 and finite, found {window} and {layer_height}")
        layers_per_source = np.broadcast_to(layers, len(sources))
        if np.any(layers_per_source < 0):
            raise ValueError(f"layers must be at least 0, found {layers_per_source.min()}")
        # By id, so that the order of points with equal times does not depend on the order the sources came in.
        by_id = sorted(range(len(sources)), key=sources.__getitem__)
        pairs = [(number, layer) for number in by_id for layer in range(layers_per_source[number])]
        source, layer = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        entities = Entities.of(f"lead:{sources[number]}/layer:{layer}" for number, layer in pairs)
        most_points = int(poisson_count(np.array(LARGEST_UNIFORM), window * layer_height))
        return cls(tuple(sources), window, layer_height, source, layer, entities, most_points)

    def possible_points(self) -> Entities:
        """Every point that can ever be drawn, as an entity of its own: hash once a plan, then `take(points.row)`."""
        return Entities.of(f"{layer}/point:{point}" for layer in self.entities.ids for point in range(self.most_points))


class PoissonPoints(NamedTuple):
    """Points by (time, source id, layer, point), one array entry each; a lead exists iff its height < rate(time)."""

    source: Integers
    layer: Integers
    point: Integers
    time: Floats
    height: Floats
    row: Integers
    """Row in `PoissonLayers.possible_points()`."""


def layers_covering(highest_rate: Floats, layer_height: float) -> Integers:
    """Layers needed so that no rate rises above the stack, where its leads would be missing."""
    return np.ceil(np.asarray(highest_rate) / layer_height).astype(np.int64)


def poisson_points(draws: Draws, layers: PoissonLayers) -> PoissonPoints:
    """Points of one replication: a Poisson number per layer, each with a uniform time and a uniform height."""
    count_uniforms = draws.uniforms(Purpose.ARRIVAL_COUNT, layers.entities)[:, 0]
    counts = poisson_count(count_uniforms, layers.window * layers.layer_height)
    most = int(counts.max(initial=0))
    present = np.arange(most) < counts[:, np.newaxis]
    stacked, point = np.nonzero(present)
    points = draws.several(layers.entities, {Purpose.ARRIVAL: most, Purpose.HEIGHT: most})
    time, share = layers.window * points[Purpose.ARRIVAL][present], points[Purpose.HEIGHT][present]
    source, layer = layers.source[stacked], layers.layer[stacked]
    order = np.argsort(time, kind="stable")  # equal times are rare but possible: they keep the order of the rows
    height = layers.layer_height * (layer + share)
    row = stacked * layers.most_points + point
    return PoissonPoints(source[order], layer[order], point[order], time[order], height[order], row[order])
