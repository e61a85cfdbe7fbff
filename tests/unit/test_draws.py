import pickle
from hashlib import blake2b

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from simulation import distributions, draws
from simulation.draws import (
    LARGEST_UNIFORM,
    Draws,
    Entities,
    PoissonLayers,
    Purpose,
    entity_words,
    layers_covering,
    philox4x32,
    poisson_points,
    purpose_word,
    purpose_words,
)
from tests.many_draws import uniforms_block

IDS = ("opportunity:O-017", "account:A-3/cross_sell/S1", "rep:王芳", "hazard:K1", "lead:east/layer:0")

# Words of the first two draws of the first two ids: a change here changes every saved run.
GOLDEN_WORDS = [[1199385158, 654735422], [2660110774, 2559732799]]

# Random123's kat_vectors: counter, key, expected words of Philox4x32-10.
KNOWN_ANSWERS = (
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
)


def philox_by_hand(counter: tuple[int, ...], key: tuple[int, int]) -> tuple[int, ...]:
    """Philox4x32-10 as the paper writes it, one counter at a time in Python integers."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        high_0, low_0 = divmod(0xD2511F53 * c0, 2**32)
        high_1, low_1 = divmod(0xCD9E8D57 * c2, 2**32)
        c0, c1, c2, c3 = high_1 ^ c1 ^ k0, low_1, high_0 ^ c3 ^ k1, low_0
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return c0, c1, c2, c3


def uniform_by_hand(seed: int, replication: int, purpose: str, entity: str, index: int) -> float:
    digest = blake2b(entity.encode(), digest_size=8).digest()
    word_0, word_1 = int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")
    purpose_key = int.from_bytes(blake2b(purpose.encode(), digest_size=4).digest(), "little")
    words = philox_by_hand((word_0, word_1, index // 4, replication), (seed, purpose_key))
    return (words[index % 4] + 0.5) / 2**32


class TestPhilox:
    @pytest.mark.parametrize(("counter", "key", "expected"), KNOWN_ANSWERS)
    def test_known_answers(self, counter, key, expected):
        assert philox_by_hand(counter, key) == expected
        assert tuple(philox4x32(counter, key).tolist()) == expected

    def test_arrays_equal_one_counter_at_a_time(self):
        counters = np.random.default_rng(1).integers(0, 2**32, (4, 50), dtype=np.uint32)
        words = philox4x32(tuple(counters), (7, 2**32 - 1))
        assert words.shape == (4, 50)
        assert words.dtype == np.uint32
        expected = [philox_by_hand(tuple(counter), (7, 2**32 - 1)) for counter in counters.T.tolist()]
        assert words.T.tolist() == [list(row) for row in expected]

    def test_counter_words_broadcast(self):
        words = philox4x32((np.arange(3)[:, np.newaxis], 5, np.arange(2), 9), (1, 2))
        assert words.shape == (4, 3, 2)
        assert tuple(words[:, 2, 1].tolist()) == philox_by_hand((2, 5, 1, 9), (1, 2))

    def test_counters_are_left_as_they_were(self):
        counter = tuple(np.full(3, 5, dtype=np.uint32) for _ in range(4))
        philox4x32(counter, (1, 2))
        assert all((word == 5).all() for word in counter)

    @pytest.mark.parametrize("word", [-1, 2**32, 2**70, 0.5, True, [3, -2]])
    def test_words_that_do_not_fit_are_refused(self, word):
        with pytest.raises(ValueError, match="counter word must be"):
            philox4x32((word, 0, 0, 0), (0, 0))
        with pytest.raises(ValueError, match="key word must be"):
            philox4x32((0, 0, 0, 0), (0, -1))


class TestNames:
    def test_words_of_purposes_differ(self):
        assert len({purpose_word(purpose) for purpose in Purpose}) == len(Purpose)

    def test_purposes_of_one_word_are_refused(self, monkeypatch):
        monkeypatch.setattr(draws, "purpose_word", len)
        with pytest.raises(ValueError, match='purposes "cycle" and "value" have the same 32-bit word'):
            purpose_words(["cycle", "value"])

    def test_entity_words_are_the_hash_by_hand(self):
        words = entity_words(IDS)
        assert words.shape == (2, len(IDS))
        assert words.dtype == np.uint32
        digest = blake2b(IDS[2].encode(), digest_size=8).digest()
        assert int(words[0, 2]) + (int(words[1, 2]) << 32) == int.from_bytes(digest, "little")

    def test_id_given_twice_is_refused(self):
        with pytest.raises(ValueError, match='entity id "b" is given twice'):
            entity_words(["b", "a", "c", "b"])

    def test_ids_of_one_hash_are_refused(self, monkeypatch):
        monkeypatch.setattr(draws, "_entity_digest", lambda entity: entity[0].encode() * 8)
        with pytest.raises(ValueError, match='entity ids "a1" and "a2" have the same 64-bit hash'):
            entity_words(["a1", "b1", "a2"])

    def test_one_string_is_not_a_sequence_of_ids(self):
        with pytest.raises(TypeError, match='the one string "abc"'):
            entity_words("abc")
        with pytest.raises(TypeError, match='the one string "abc"'):
            Entities.of("abc")


class TestEntities:
    def test_concatenation_keeps_ids_and_words(self):
        both = Entities.of(IDS[:2]) + Entities.of(IDS[2:])
        assert both.ids == IDS
        assert len(both) == len(IDS)
        np.testing.assert_array_equal(both.words, entity_words(IDS))

    def test_concatenation_refuses_a_shared_id(self):
        with pytest.raises(ValueError, match='entity id "hazard:K1" is given twice'):
            Entities.of(IDS) + Entities.of(["hazard:K1"])

    def test_taken_rows_come_in_the_order_asked(self):
        taken = Entities.of(IDS).take(np.array([3, 0]))
        assert taken.ids == (IDS[3], IDS[0])
        np.testing.assert_array_equal(taken.words, entity_words(taken.ids))
        assert len(Entities.of(IDS).take(np.array([], dtype=int))) == 0

    def test_wrong_rows_are_refused(self):
        entities = Entities.of(IDS)
        with pytest.raises(ValueError, match='"opportunity:O-017" is taken twice'):
            entities.take(np.array([1, 0, 0]))
        with pytest.raises(IndexError, match="row -1 is outside the 5 entities"):
            entities.take(np.array([-1]))
        with pytest.raises(IndexError, match="row 5 is outside the 5 entities"):
            entities.take(np.array([5]))
        with pytest.raises(TypeError, match="rows must be integers, found bool"):
            entities.take(np.array([True, False, True, True, True]))

    def test_words_cannot_be_changed(self):
        with pytest.raises(ValueError, match="read-only"):
            Entities.of(IDS).words[0, 0] = 1


class TestDraws:
    def test_equals_the_replication_worked_out_by_hand(self):
        uniforms = Draws(2026, 41).uniforms(Purpose.CYCLE, Entities.of(IDS), 6)
        for row, entity in enumerate(IDS):
            for index in range(6):
                assert uniforms[row, index] == uniform_by_hand(2026, 41, "cycle", entity, index)

    def test_golden_values_stay_for_ever(self):
        uniforms = Draws(1, 0).uniforms(Purpose.VALUE, Entities.of(IDS[:2]), 2)
        assert (uniforms * 2**32 - 0.5).astype(np.int64).tolist() == GOLDEN_WORDS

    @pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 8])
    def test_prefix_does_not_depend_on_count(self, count):
        entities = Entities.of(IDS)
        longest = Draws(3, 5).uniforms(Purpose.VALUE, entities, 8)
        shorter = Draws(3, 5).uniforms(Purpose.VALUE, entities, count)
        assert shorter.shape == (len(IDS), count)
        assert shorter.flags.c_contiguous
        np.testing.assert_array_equal(shorter, longest[:, :count])

    def test_permuted_entities_give_permuted_draws(self):
        entities, order = Entities.of(IDS), np.array([4, 2, 0, 1, 3])
        permuted = Entities.of([IDS[row] for row in order])
        expected = Draws(3, 5).uniforms(Purpose.EVENT, entities, 3)[order]
        np.testing.assert_array_equal(Draws(3, 5).uniforms(Purpose.EVENT, permuted, 3), expected)

    def test_an_added_entity_changes_nothing_else(self):
        expected = Draws(3, 5).uniforms(Purpose.EVENT, Entities.of(IDS), 3)
        more = Draws(3, 5).uniforms(Purpose.EVENT, Entities.of(["new", *IDS]), 3)
        np.testing.assert_array_equal(more[1:], expected)

    def test_reading_changes_nothing(self):
        future, entities = Draws(3, 5), Entities.of(IDS)
        first = future.uniforms(Purpose.EVENT, entities, 3)
        future.uniforms(Purpose.VALUE, entities, 9)
        np.testing.assert_array_equal(future.uniforms(Purpose.EVENT, entities, 3), first)
        again = pickle.loads(pickle.dumps((future, entities)))
        np.testing.assert_array_equal(again[0].uniforms(Purpose.EVENT, again[1], 3), first)

    def test_seed_replication_and_purpose_each_matter(self):
        entities = Entities.of(IDS)
        variants = [(1, 1, Purpose.VALUE), (2, 1, Purpose.VALUE), (1, 2, Purpose.VALUE), (1, 1, Purpose.CYCLE)]
        values = {u for s, r, purpose in variants for u in Draws(s, r).uniforms(purpose, entities, 4).ravel()}
        assert len(values) == len(variants) * len(IDS) * 4

    def test_uniforms_stay_inside_the_open_interval(self, monkeypatch):
        for word, expected in ((0, 2.0**-33), (2**32 - 1, 1 - 2.0**-33)):
            monkeypatch.setattr(draws, "philox4x32", lambda *_, word=word: np.full((4, 1, 1), word, dtype=np.uint32))
            assert Draws(0, 0).uniforms(Purpose.VALUE, Entities.of(["a"])).item() == expected
        assert expected == LARGEST_UNIFORM < 1

    def test_no_entities_give_no_draws(self):
        assert Draws(1, 1).uniforms(Purpose.VALUE, Entities.of([]), 3).shape == (0, 3)

    @pytest.mark.parametrize("wrong", [-1, 2**32, 1.0, True, "1"])
    def test_seed_and_replication_must_be_words(self, wrong):
        with pytest.raises(ValueError, match="seed must be"):
            Draws(wrong, 0)
        with pytest.raises(ValueError, match="replication must be"):
            Draws(0, wrong)

    def test_ends_of_the_seed_range_work(self):
        entities = Entities.of(IDS[:1])
        top = 2**32 - 1
        assert Draws(top, top).uniforms(Purpose.RENEWAL, entities).item() == uniform_by_hand(
            top, top, "renewal", IDS[0], 0
        )
        assert Draws(0, 0).uniforms(Purpose.RENEWAL, entities).item() == uniform_by_hand(0, 0, "renewal", IDS[0], 0)

    def test_negative_count_is_refused(self):
        with pytest.raises(ValueError, match="count must be at least 0, found -1"):
            Draws(0, 0).uniforms(Purpose.RENEWAL, Entities.of(IDS), -1)

    @pytest.mark.parametrize("evaluations_at_once", [1, 25, 2**14])
    def test_many_replications_written_down_beside_it(self, monkeypatch, evaluations_at_once):
        monkeypatch.setattr(draws, "_EVALUATIONS_AT_ONCE", evaluations_at_once)
        entities, replications = Entities.of(IDS), np.array([0, 7, 3, 2**32 - 1, 8, 9, 10])
        block = uniforms_block(11, replications, Purpose.PRODUCT_MIX, entities, 6)
        assert block.shape == (7, len(IDS), 6)
        for row, replication in enumerate(replications.tolist()):
            np.testing.assert_array_equal(block[row], Draws(11, replication).uniforms(Purpose.PRODUCT_MIX, entities, 6))

    def test_several_purposes_are_what_each_is_alone(self):
        entities = Entities.of(IDS)
        counts = {Purpose.CYCLE: 1, Purpose.PAYMENT: 9, Purpose.EXAM: 0, Purpose.STAGE_PASS: 5}
        together = Draws(11, 4).several(entities, counts)
        assert list(together) == list(counts)
        for purpose, count in counts.items():
            np.testing.assert_array_equal(together[purpose], Draws(11, 4).uniforms(purpose, entities, count))

    def test_nothing_is_drawn_for_nobody(self):
        nobody = Draws(11, 4).several(Entities.of(()), {Purpose.CYCLE: 1, Purpose.PAYMENT: 9})
        assert [array.shape for array in nobody.values()] == [(0, 1), (0, 9)]


# Uniforms as Draws makes them.
words = st.integers(0, 2**32 - 1)
GRID = (np.arange(1, 2_000) - 0.5) / 2_000
FINE = np.concatenate([[2.0**-33, 1e-6], GRID, [1 - 1e-6, LARGEST_UNIFORM]])


def uniform_of(word: int) -> np.ndarray:
    return np.array((word + 0.5) / 2**32)


class TestInverses:
    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [
            (distributions.exponential_threshold, stats.expon()),
            (lambda u: distributions.lognormal(u, 30.0, 0.6), stats.lognorm(0.6, scale=30.0)),
            (lambda u: distributions.lognormal_factor(u, 0.4), stats.lognorm(0.4, scale=np.exp(-0.08))),
            (lambda u: distributions.uniform(u, 2.0, 5.0), stats.uniform(2, 3)),
            (lambda u: distributions.triangular(u, 2.0, 3.0, 7.0), stats.triang(0.2, 2, 5)),
            (lambda u: distributions.beta(u, 0.3, 0.1), stats.beta(0.3 * 20, 0.7 * 20)),
        ],
        ids=["exponential", "lognormal", "lognormal_factor", "uniform", "triangular", "beta"],
    )
    def test_quantiles_equal_scipy(self, ours, theirs):
        values = ours(FINE)
        np.testing.assert_allclose(values, theirs.ppf(FINE), rtol=1e-9)
        assert (np.diff(values) > 0).all()

    def test_means_are_the_stated_ones(self):
        grid = (np.arange(200_000) + 0.5) / 200_000
        assert distributions.exponential_threshold(grid).mean() == pytest.approx(1, abs=1e-5)
        assert distributions.lognormal_factor(grid, 0.8).mean() == pytest.approx(1, abs=1e-3)
        assert np.median(distributions.lognormal(grid, 30, 0.8)) == pytest.approx(30, rel=1e-4)
        shares = distributions.beta(grid, 0.2, 0.05)
        assert (shares.mean(), shares.std()) == pytest.approx((0.2, 0.05), abs=1e-5)

    def test_no_spread_returns_the_centre(self):
        np.testing.assert_array_equal(distributions.lognormal(FINE, 30, 0), 30)
        np.testing.assert_array_equal(distributions.lognormal_factor(FINE, 0), 1)
        np.testing.assert_array_equal(distributions.beta(FINE, 0.3, 0), 0.3)
        np.testing.assert_array_equal(distributions.uniform(FINE, 4, 4), 4)
        np.testing.assert_array_equal(distributions.triangular(FINE, 4, 4, 4), 4)

    def test_two_points_are_drawn_with_their_chances(self):
        values = distributions.two_point(GRID, 0.4, 1.0, 0.25)
        assert set(values.tolist()) == {0.4, 1.0}
        assert (values == 0.4).mean() == pytest.approx(0.25, abs=1 / len(GRID))
        assert (np.diff(values[np.argsort(GRID)]) >= 0).all()
        np.testing.assert_array_equal(distributions.two_point(FINE, 2, 3, 0), 3)
        np.testing.assert_array_equal(distributions.two_point(FINE, 2, 3, 1), 2)

    def test_ranges_with_the_mode_at_an_end(self):
        for mode in (1.0, 3.0):
            values = distributions.triangular(FINE, 1.0, mode, 3.0)
            assert (values >= 1).all()
            assert (values <= 3).all()
            assert (np.diff(values) > 0).all()

    def test_parameters_broadcast_with_uniforms(self):
        values = distributions.lognormal(GRID[:6].reshape(3, 2), np.array([[1.0], [2.0], [3.0]]), 0.5)
        assert values.shape == (3, 2)
        assert values[2, 1] == distributions.lognormal(GRID[5:6], 3.0, 0.5)[0]

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (lambda u: distributions.lognormal(u, 0, 1), "median must be above 0, found 0"),
            (lambda u: distributions.lognormal(u, 1, -0.1), "sigma must be at least 0, found -0.1"),
            (lambda u: distributions.lognormal(u, np.array([1, np.nan]), 1), "median must be above 0, found nan"),
            (lambda u: distributions.lognormal_factor(u, -1), "sigma must be at least 0, found -1"),
            (lambda u: distributions.truncated_lognormal(u, 1, 1, 3, 3), "low must be below high, found 3"),
            (lambda u: distributions.truncated_lognormal(u, 1, 1, -1, 3), "low must be at least 0, found -1"),
            (lambda u: distributions.beta(u, 1, 0.1), "mean must be between 0 and 1, found 1"),
            (lambda u: distributions.beta(u, 0.5, 0.5), r"standard_deviation must be .*, found 0.5"),
            (lambda u: distributions.uniform(u, 2, 1), "low must be at most high, found 2"),
            (lambda u: distributions.triangular(u, 1, 4, 3), "mode must be between low and high, found 4"),
            (lambda u: distributions.two_point(u, 2, 1, 0.5), "low must be at most high, found 2"),
            (lambda u: distributions.two_point(u, 1, 2, 1.5), "low_share must be between 0 and 1, found 1.5"),
            (lambda u: distributions.categorical(u, [0.5, 0.6]), "sum of shares must be 1, found 1.1"),
            (lambda u: distributions.categorical(u, [1.5, -0.5]), "shares must be at least 0, found -0.5"),
            (lambda u: distributions.poisson_count(u, -1), "mean must be finite and at least 0, found -1"),
            (lambda u: distributions.poisson_count(u, np.inf), "mean must be finite and at least 0, found inf"),
        ],
    )
    def test_wrong_parameters_are_named(self, call, message):
        with pytest.raises(ValueError, match=message):
            call(np.array([0.2, 0.7]))


class TestTruncatedLognormal:
    @given(
        word=words,
        median=st.floats(1e-3, 1e3),
        sigma=st.floats(0, 3),
        low=st.floats(0, 1e6),
        width=st.floats(1e-9, 1e9) | st.just(np.inf),
    )
    def test_value_is_inside_the_interval(self, word, median, sigma, low, width):
        high = max(low + width, np.nextafter(low, np.inf))
        value = distributions.truncated_lognormal(uniform_of(word), median, sigma, low, high)
        assert low < value <= high

    @given(
        first=words,
        second=words,
        sigma=st.floats(1e-3, 3),
        standard_low=st.floats(-60, 60),
        width=st.floats(1e-6, 60) | st.just(np.inf),
    )
    def test_value_does_not_decrease_in_u(self, first, second, sigma, standard_low, width):
        low, high = 20 * np.exp(sigma * standard_low), 20 * np.exp(sigma * (standard_low + width))
        ordered = np.array([uniform_of(word) for word in sorted((first, second))])
        lower, upper = distributions.truncated_lognormal(ordered, 20.0, sigma, low, high)
        assert lower <= upper * (1 + 1e-13)

    @given(word=words, standard_low=st.floats(-8, 8), width=st.floats(0.01, 20))
    def test_share_of_the_interval_below_the_value_is_u(self, word, standard_low, width):
        u, standard_high = uniform_of(word), standard_low + width
        low, high = 20 * np.exp(standard_low / 2), 20 * np.exp(standard_high / 2)
        value = distributions.truncated_lognormal(u, 20.0, 0.5, low, high)
        deviation = 2 * np.log(value / 20)
        if standard_low > 0:
            share = special.ndtr(-standard_low) - special.ndtr(-deviation)
            whole = special.ndtr(-standard_low) - special.ndtr(-standard_high)
        else:
            share = special.ndtr(deviation) - special.ndtr(standard_low)
            whole = special.ndtr(standard_high) - special.ndtr(standard_low)
        assert share / whole == pytest.approx(u, abs=1e-9)

    @pytest.mark.parametrize("ends", [(-1, 2), (3, 4), (-4, -3), (8, np.inf), (-np.inf, -8), (30, 31), (-31, -30)])
    def test_quantiles_equal_scipy(self, ends):
        low, high = 20 * np.exp(0.5 * np.array(ends))
        expected = 20 * np.exp(0.5 * stats.truncnorm(*ends).ppf(GRID))
        values = distributions.truncated_lognormal(GRID, 20.0, 0.5, low, high)
        np.testing.assert_allclose(values, expected, rtol=1e-9)
        assert (np.diff(values) > 0).all()

    def test_without_limits_it_is_the_lognormal(self):
        np.testing.assert_allclose(
            distributions.truncated_lognormal(FINE, 20.0, 0.5), distributions.lognormal(FINE, 20.0, 0.5), rtol=1e-9
        )

    def test_far_above_the_median_it_decays_like_an_exponential(self):
        # Given z > a, (z − a) · a tends to an exponential of mean 1.
        deviation = 1e6
        value = distributions.truncated_lognormal(GRID, 1.0, 1e-6, np.exp(1e-6 * deviation))
        scaled = (np.log(value) / 1e-6 - deviation) * deviation
        np.testing.assert_allclose(scaled, distributions.exponential_threshold(GRID), rtol=0.05, atol=1e-3)

    def test_interval_of_vanished_probability_returns_the_end_nearer_the_median(self):
        above = distributions.truncated_lognormal(GRID, 1.0, 1e-200, 2.0, 3.0)
        below = distributions.truncated_lognormal(GRID, 1.0, 1e-200, 0.2, 0.3)
        np.testing.assert_array_equal(above, np.nextafter(2.0, 3.0))
        np.testing.assert_array_equal(below, 0.3)

    @pytest.mark.parametrize(("median", "expected"), [(5.0, 5.0), (1.0, np.nextafter(2.0, 3.0)), (9.0, 8.0)])
    def test_without_spread_it_is_the_point_nearest_the_median(self, median, expected):
        np.testing.assert_array_equal(distributions.truncated_lognormal(GRID, median, 0.0, 2.0, 8.0), expected)

    def test_arrays_of_intervals_give_the_same_as_one_at_a_time(self):
        u, low = np.array([0.1, 0.5, 0.9]), np.array([0.0, 30.0, 1e4])
        values = distributions.truncated_lognormal(u, 20.0, 0.5, low)
        singly = [distributions.truncated_lognormal(np.array(x), 20.0, 0.5, y) for x, y in zip(u, low, strict=True)]
        np.testing.assert_array_equal(values, singly)


class TestDiscrete:
    def test_categories_take_their_shares(self):
        shares = np.array([0.2, 0.0, 0.5, 0.3])
        chosen = distributions.categorical((np.arange(1_000) + 0.5) / 1_000, shares)
        assert np.bincount(chosen, minlength=4).tolist() == [200, 0, 500, 300]

    @pytest.mark.parametrize("shares", [[0.0, 1.0], [1.0, 0.0], [0.0, 0.3, 0.7 - 5e-10, 0.0], [0.1] * 10 + [0.0]])
    def test_category_of_share_zero_is_never_chosen(self, shares):
        chosen = distributions.categorical(FINE, np.array(shares))
        assert (np.array(shares)[chosen] > 0).all()

    def test_categories_with_shares_of_their_own(self):
        shares = np.array([[0.2, 0.8], [0.8, 0.2]])
        assert distributions.categorical(np.array([0.5, 0.5]), shares).tolist() == [1, 0]
        assert distributions.categorical(np.full((2, 3), 0.5), shares[:, np.newaxis]).tolist() == [[1] * 3, [0] * 3]

    @pytest.mark.parametrize("mean", [1e-12, 0.01, 0.5, 1.0, 4.2, 30.0, 1e3, 1e6])
    def test_poisson_quantiles_equal_scipy(self, mean):
        np.testing.assert_array_equal(distributions.poisson_count(FINE, mean), stats.poisson(mean).ppf(FINE))

    @given(word=words, mean=st.floats(0, 1e4))
    def test_poisson_count_is_the_least_that_reaches_u(self, word, mean):
        u = uniform_of(word)
        count = int(distributions.poisson_count(u, mean))
        assert special.pdtr(count, mean) >= u
        assert count == 0 or special.pdtr(count - 1, mean) < u

    def test_poisson_of_mean_zero_is_zero_and_means_broadcast(self):
        counts = distributions.poisson_count(np.array([[0.5], [0.9]]), np.array([0.0, 2.0, 1e3]))
        assert counts.tolist() == [[0, 2, 1000], [0, 4, 1041]]
        assert distributions.poisson_count(np.array([]), 2.0).shape == (0,)

    def test_poisson_count_at_a_step_of_the_distribution_function(self):
        step = special.pdtr(np.arange(6), 2.0)
        assert distributions.poisson_count(step, 2.0).tolist() == [0, 1, 2, 3, 4, 5]
        assert distributions.poisson_count(np.nextafter(step, 1), 2.0).tolist() == [1, 2, 3, 4, 5, 6]


def points_by_id(points, sources):
    ids = [f"{sources[s]}/{k}/{i}" for s, k, i in zip(points.source, points.layer, points.point, strict=True)]
    return dict(zip(ids, zip(points.time.tolist(), points.height.tolist(), strict=True), strict=True))


class TestPoissonPoints:
    def test_points_are_the_draws_of_their_layers(self):
        layers = PoissonLayers.of(["west", "east"], 3, window=60.0, layer_height=0.1)
        points = poisson_points(Draws(5, 6), layers)
        found = points_by_id(points, layers.sources)
        expected = {}
        for source in layers.sources:
            for layer in range(3):
                entity = f"lead:{source}/layer:{layer}"
                count = stats.poisson(6).ppf(uniform_by_hand(5, 6, "arrival_count", entity, 0))
                for point in range(int(count)):
                    time = 60 * uniform_by_hand(5, 6, "arrival", entity, point)
                    height = 0.1 * (layer + uniform_by_hand(5, 6, "height", entity, point))
                    expected[f"{source}/{layer}/{point}"] = (time, height)
        assert found == expected

    def test_points_stay_in_their_layer_and_window_and_come_in_order(self):
        layers = PoissonLayers.of(["west", "east"], 8, 60.0, 0.1)
        points = poisson_points(Draws(5, 6), layers)
        assert (np.diff(points.time) >= 0).all()
        assert (points.time > 0).all()
        assert (points.time < 60).all()
        np.testing.assert_array_equal(np.floor(points.height / 0.1), points.layer)

    def test_more_layers_only_add_points(self):
        few = poisson_points(Draws(5, 6), PoissonLayers.of(["west", "east"], 3, 60.0, 0.1))
        more = poisson_points(Draws(5, 6), PoissonLayers.of(["west", "east"], np.array([3, 5]), 60.0, 0.1))
        few_by_id, more_by_id = points_by_id(few, ["west", "east"]), points_by_id(more, ["west", "east"])
        assert few_by_id.items() < more_by_id.items()
        assert all(point.startswith(("east/3", "east/4")) for point in more_by_id.keys() - few_by_id.keys())

    def test_higher_rate_only_adds_leads(self):
        def leads(rate):
            """Leads under a rate that `rate` raises from day 10 to day 20, with no more layers than it needs."""
            layers = PoissonLayers.of(["west"], layers_covering(max(rate, 0.31), 0.1), 60.0, 0.1)
            points = poisson_points(Draws(5, 6), layers)
            exists = points.height < np.where((points.time > 10) & (points.time < 20), rate, 0.31)
            found = points_by_id(points, layers.sources)
            return {point for point, lead in zip(found.items(), exists, strict=True) if lead}

        before, after = leads(0.31), leads(0.97)
        assert before < after
        assert all(10 < time < 20 and 0.31 <= height < 0.97 for _, (time, height) in after - before)

    def test_order_and_number_of_sources_change_no_point(self):
        alone = points_by_id(poisson_points(Draws(5, 6), PoissonLayers.of(["east"], 3, 60.0, 0.1)), ["east"])
        there = PoissonLayers.of(["west", "east"], 3, 60.0, 0.1)
        back = PoissonLayers.of(["east", "west"], 3, 60.0, 0.1)
        first = points_by_id(poisson_points(Draws(5, 6), there), there.sources)
        second = points_by_id(poisson_points(Draws(5, 6), back), back.sources)
        assert list(first.items()) == list(second.items())
        assert alone == {point: value for point, value in first.items() if point.startswith("east")}

    def test_equal_times_come_in_the_order_of_ids(self, monkeypatch):
        monkeypatch.setattr(draws, "_uniforms", lambda words, count: np.full((words.shape[2], count), 0.5))
        layers = PoissonLayers.of(["west", "east"], 2, 20.0, 0.1)
        found = list(points_by_id(poisson_points(Draws(5, 6), layers), layers.sources))
        assert found == [f"{source}/{layer}/{i}" for source in ("east", "west") for layer in (0, 1) for i in (0, 1)]

    def test_points_are_entities_for_draws_of_their_own(self):
        layers = PoissonLayers.of(["west", "east"], 3, 60.0, 0.1)
        points = poisson_points(Draws(5, 6), layers)
        leads = layers.possible_points().take(points.row)
        expected = [
            f"lead:{layers.sources[s]}/layer:{k}/point:{i}"
            for s, k, i in zip(points.source, points.layer, points.point, strict=True)
        ]
        assert list(leads.ids) == expected

    def test_no_layer_can_hold_more_than_the_possible_points(self, monkeypatch):
        monkeypatch.setattr(draws, "_uniforms", lambda words, count: np.full((words.shape[2], count), LARGEST_UNIFORM))
        layers = PoissonLayers.of(["east"], 2, 60.0, 0.1)
        points = poisson_points(Draws(5, 6), layers)
        assert points.row.tolist() == list(range(len(layers.possible_points())))
        assert (points.time < 60).all()

    def test_no_sources_or_layers_give_no_points(self):
        for sources, layers in (([], 3), (["east"], 0)):
            points = poisson_points(Draws(5, 6), PoissonLayers.of(sources, layers, 60.0, 0.1))
            assert [len(column) for column in points] == [0] * 6

    def test_layers_cover_the_highest_rate(self):
        assert layers_covering(np.array([0.0, 0.05, 0.5, 0.51]), 0.25).tolist() == [0, 1, 2, 3]

    def test_wrong_layers_are_refused(self):
        with pytest.raises(ValueError, match=r"window and layer_height must be above 0 and finite, found 0 and 0.1"):
            PoissonLayers.of(["east"], 3, 0, 0.1)
        with pytest.raises(ValueError, match=r"window and layer_height must be above 0 and finite, found 60 and nan"):
            PoissonLayers.of(["east"], 3, 60, np.nan)
        with pytest.raises(ValueError, match="layers must be at least 0, found -1"):
            PoissonLayers.of(["east"], -1, 60, 0.1)
        with pytest.raises(ValueError, match='entity id "lead:east/layer:0" is given twice'):
            PoissonLayers.of(["east", "east"], 1, 60, 0.1)
