"""Shares of variance against closed forms, brute force over all orders, and SALib."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, permutations
from math import factorial

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm
from threadpoolctl import threadpool_limits

from model.case.case import Case
from model.criticism.predictive_checks import prior_draws
from model.criticism.refits import yearly_revenue
from model.drivers.outcome import effective_draws
from model.drivers.regression import (
    BLOCKS,
    DRAWS_PER_FEATURE,
    Regression,
    TooFewDrawsError,
    polynomials,
    random_orders,
)
from model.equations.quantities import DEFINITIONS
from model.evidence.synthesis import Synthesis

Floats = NDArray[np.float64]

#: Draws where a closed form is met.
MANY = 20_000
#: Standard errors that an estimate may be off. A share r of the variance, estimated from n draws
#: by regression, has a standard error of at most sqrt(4 r (1 - r)² / n) <= 0.77 / sqrt(n) for
#: normal draws; for bounded ones it is smaller.
ALLOWED = 4.0
NEAR = ALLOWED * 0.77 / np.sqrt(MANY)
#: What two ways of computing the same sums of squares may differ by: inputs that say the same are
#: told apart by a ridge of 1e-9.
SAME = 1e-6


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Matrices are small: threads of linear algebra would wait for each other."""
    with threadpool_limits(1):
        yield


def all_orders(inputs: int) -> NDArray[np.int64]:
    return np.array(list(permutations(range(inputs))))


def shapley_of(worth: Callable[[tuple[int, ...]], float], inputs: int) -> Floats:
    """Shapley values by their definition, from what every set of inputs explains."""
    known = {
        members: worth(members)
        for size in range(inputs + 1)
        for members in combinations(range(inputs), size)
    }
    found = np.zeros(inputs)
    for one in range(inputs):
        for members, value in known.items():
            if one not in members:
                size = len(members)
                weight = factorial(size) * factorial(inputs - size - 1) / factorial(inputs)
                found[one] += weight * (known[tuple(sorted((*members, one)))] - value)
    return found


class Linear:
    """A sum of correlated normal inputs and noise, of which everything is known."""

    def __init__(self, covariance: Floats, slopes: Floats, noise: float) -> None:
        self.covariance, self.slopes, self.noise = covariance, slopes, noise
        self.inputs = len(slopes)
        self.variance = float(slopes @ covariance @ slopes) + noise**2

    @classmethod
    def at_random(cls, inputs: int, seed: int) -> Linear:
        rng = np.random.default_rng(seed)
        root = rng.normal(size=(inputs, inputs))
        return cls(root @ root.T / inputs, rng.normal(size=inputs), 0.7)

    def draws(self, count: int, seed: int) -> tuple[Floats, Floats]:
        rng = np.random.default_rng(seed)
        root = np.linalg.cholesky(self.covariance)
        inputs = rng.normal(size=(count, self.inputs)) @ root.T
        return inputs, inputs @ self.slopes + self.noise * rng.normal(size=count)

    def explained(self, members: Sequence[int]) -> float:
        """Var(E[result | members]) over the variance."""
        own = list(members)
        if not own:
            return 0.0
        with_result = (self.covariance @ self.slopes)[own]
        inside = self.covariance[np.ix_(own, own)]
        return float(with_result @ np.linalg.solve(inside, with_result)) / self.variance


LINEAR = [
    pytest.param(Linear(np.array([[1.0, 0.7], [0.7, 1.0]]), np.array([1.0, 0.5]), 0.5), id="two"),
    pytest.param(
        Linear(
            np.array([[1.0, 0.8, 0.0], [0.8, 1.0, -0.4], [0.0, -0.4, 2.0]]),
            np.array([1.0, 0.0, 0.6]), 0.3,
        ),
        id="one hides behind another",
    ),
    pytest.param(Linear.at_random(6, 4), id="six at random"),
]  # fmt: skip


@pytest.mark.parametrize("truth", LINEAR)
def test_correlated_normal_inputs(truth: Linear) -> None:
    inputs, result = truth.draws(MANY, seed=1)
    regression = Regression(inputs, result)
    everyone = range(truth.inputs)
    alone = [[place] for place in everyone]
    assert regression.explained(everyone) == pytest.approx(truth.explained(everyone), abs=NEAR)
    first = [regression.explained(one) for one in alone]
    assert first == pytest.approx([truth.explained(one) for one in alone], abs=NEAR)
    others = [[place for place in everyone if place != one] for one in everyone]
    total = [truth.explained(everyone) - truth.explained(rest) for rest in others]
    assert regression.totals(alone) == pytest.approx(total, abs=NEAR)
    # the total share is what is left of the input once the others are known, by its slope
    left = 1.0 / np.diag(np.linalg.inv(truth.covariance))
    assert total == pytest.approx(truth.slopes**2 * left / truth.variance)
    shares = regression.shapley(all_orders(truth.inputs)).mean(axis=0)
    assert shares == pytest.approx(shapley_of(truth.explained, truth.inputs), abs=NEAR)
    # not a trivial case: the three kinds of share differ by more than is allowed
    assert np.abs(np.array(first) - total).max() > 2 * NEAR


def ishigami(inputs: Floats, a: float = 7.0, b: float = 0.1) -> Floats:
    one, two, three = inputs.T
    return np.asarray(np.sin(one) + a * np.sin(two) ** 2 + b * three**4 * np.sin(one))


def test_ishigami() -> None:
    """Known in closed form (Ishigami and Homma 1990); the third input acts by a product alone."""
    a, b = 7.0, 0.1
    own = [0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8, 0.0]
    both = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    variance = sum(own) + both
    inputs = np.random.default_rng(2).uniform(-np.pi, np.pi, size=(MANY, 3))
    regression = Regression(inputs, ishigami(inputs, a, b))
    alone = [[0], [1], [2]]
    first = [regression.explained(one) for one in alone]
    assert first == pytest.approx(np.array(own) / variance, abs=NEAR)
    total = [own[0] + both, own[1], both]
    assert regression.totals(alone) == pytest.approx(np.array(total) / variance, abs=NEAR)
    shares = regression.shapley(all_orders(3)).mean(axis=0)
    # what two do together is shared equally
    expected = [own[0] + both / 2, own[1], both / 2]
    assert shares == pytest.approx(np.array(expected) / variance, abs=NEAR)
    # sin² and x⁴ sin are no polynomials: of degree twelve they are within a part in a thousand
    assert regression.explained(range(3)) == pytest.approx(1.0, abs=1e-3)


def test_independent_inputs_that_add_up() -> None:
    rng = np.random.default_rng(3)
    inputs = rng.normal(size=(MANY, 4))
    parts = [inputs[:, 0] ** 2, np.sin(inputs[:, 1]), inputs[:, 2], 0.0 * inputs[:, 3]]
    variances = [2.0, (1.0 - np.exp(-2.0)) / 2.0, 1.0, 0.0]
    regression = Regression(inputs, np.sum(parts, axis=0))
    expected = np.array(variances) / sum(variances)
    alone = [[place] for place in range(4)]
    first = np.array([regression.explained(one) for one in alone])
    shares = regression.shapley(all_orders(4)).mean(axis=0)
    # a square's fourth moment: its share has twice a normal input's standard error
    for found in (first, regression.totals(alone), shares):
        assert found == pytest.approx(expected, abs=2 * NEAR)
    assert shares.sum() == pytest.approx(regression.explained(range(4)))
    assert shares.sum() == pytest.approx(1.0, abs=1e-3)
    # both from the same draws, so nearer to each other than to the truth
    assert shares == pytest.approx(first, abs=NEAR)


def test_a_product_is_nobodys_alone() -> None:
    inputs = np.random.default_rng(4).normal(size=(MANY, 5))
    regression = Regression(inputs, inputs[:, 1] * inputs[:, 3])
    alone = [[place] for place in range(5)]
    for one in alone:
        assert regression.explained(one) == pytest.approx(0.0, abs=NEAR)
    assert regression.explained([1, 3]) == pytest.approx(1.0, abs=1e-3)
    assert regression.totals(alone) == pytest.approx([0, 1, 0, 1, 0], abs=NEAR)
    shares = regression.shapley(all_orders(5)).mean(axis=0)
    assert shares == pytest.approx([0, 0.5, 0, 0.5, 0], abs=NEAR)


def test_a_product_is_found_among_many_inputs() -> None:
    """Where not all products fit, those of inputs that move the spread are tried."""
    rng = np.random.default_rng(5)
    draws = 2600
    inputs = rng.normal(size=(draws, 60))
    result = inputs[:, 7] * inputs[:, 51] + inputs[:, 33] * inputs[:, 2] + inputs[:, 20]
    regression = Regression(inputs, result + 0.1 * rng.normal(size=draws))
    assert len({owners for owners in regression._owners if len(owners) > 1}) < 200, "all fit"
    # a product's fourth moment is three times a normal's: 2 * 0.77 / sqrt(2600) = 0.03
    near = ALLOWED * 0.03
    for pair in ([7, 51], [2, 33]):
        assert regression.explained(pair) == pytest.approx(1 / 3.01, abs=near)
    assert regression.explained([20]) == pytest.approx(1 / 3.01, abs=near)
    assert regression.explained(range(60)) == pytest.approx(3 / 3.01, abs=0.01)


def test_two_inputs_that_say_the_same() -> None:
    """Either tells all; with the other known nothing is left; they share equally."""
    rng = np.random.default_rng(6)
    one, three = rng.normal(size=(2, MANY))
    inputs = np.column_stack([one, 2.0 * one + 1.0, three])
    regression = Regression(inputs, one + three + rng.normal(size=MANY))
    assert regression.explained([0]) == pytest.approx(1 / 3, abs=NEAR)
    assert regression.explained([1]) == pytest.approx(regression.explained([0]), abs=SAME)
    # knowing both is counted as one feature more for nothing: a part in the number of draws
    assert regression.explained([0, 1]) == pytest.approx(1 / 3, abs=NEAR)
    assert regression.totals([[0], [1]]) == pytest.approx([0.0, 0.0], abs=10 / MANY)
    assert regression.totals([[0, 1]]) == pytest.approx([1 / 3], abs=NEAR)
    shares = regression.shapley(all_orders(3)).mean(axis=0)
    assert shares == pytest.approx([1 / 6, 1 / 6, 1 / 3], abs=NEAR)


def test_an_input_that_is_known_explains_nothing() -> None:
    truth = Linear.at_random(3, 8)
    inputs, result = truth.draws(2000, seed=8)
    with_known = np.insert(inputs, 1, 3.25, axis=1)
    regression, without = Regression(with_known, result), Regression(inputs, result)
    assert regression.varying == [0, 2, 3]
    assert regression.explained([1]) == 0.0
    assert regression.totals([[1]])[0] == 0.0
    assert regression.explained(range(4)) == pytest.approx(without.explained(range(3)))
    assert regression.explained([1, 2]) == pytest.approx(without.explained([1]))
    shares = regression.shapley(all_orders(4)).mean(axis=0)
    assert shares[1] == 0.0
    assert shares[[0, 2, 3]] == pytest.approx(without.shapley(all_orders(3)).mean(axis=0))


# Noise


def noise(count: int, inputs: int, rng: np.random.Generator, memory: float = 0.0) -> Floats:
    """Normal draws, each of which remembers the one before."""
    found = rng.normal(size=(count, inputs))
    for place in range(1, count):
        found[place] = memory * found[place - 1] + np.sqrt(1.0 - memory**2) * found[place]
    return found


REPEATS = 200


def test_noise_explains_nothing() -> None:
    """What least squares find in noise is taken off: 5 features in 400 draws, 1.25%."""
    found = []
    for number in range(REPEATS):
        rng = np.random.default_rng([9, number])
        regression = Regression(rng.normal(size=(400, 5)), rng.normal(size=400))
        found.append(regression.explained(range(5)))
    naive = 5 / 400
    error = np.std(found) / np.sqrt(REPEATS)
    # Choosing the degree by what it predicts costs a little: a fifth of what is taken off is
    # allowed for it, beside the Monte Carlo error of the mean.
    assert abs(np.mean(found)) < naive / 5 + 3 * error
    assert error < naive / 8


def test_noise_beside_a_result_that_is_explained() -> None:
    """Inputs that say nothing share nothing, neither above nor below zero."""
    truth = Linear(np.eye(12), np.array([1.0, *[0.0] * 11]), 1.0)
    shares, totals = [], []
    for number in range(60):
        inputs, result = truth.draws(500, seed=100 + number)
        regression = Regression(inputs, result)
        shares.append(regression.shapley(random_orders(12, 10, number)).mean(axis=0))
        totals.append(regression.totals([[place] for place in range(12)]))
    for found in (np.array(shares), np.array(totals)):
        of_noise = found[:, 1:].mean(axis=1)
        error = of_noise.std(ddof=1) / np.sqrt(len(of_noise))
        # without adjustment each would get 0.5 / 500 on average
        assert abs(of_noise.mean()) < 4 * error + 0.2 * 0.5 / 500
        assert found[:, 0].mean() == pytest.approx(0.5, abs=4 * 0.03 / np.sqrt(60))


def of_chains(inputs: Floats, result: Floats, chains: int) -> Regression:
    """A regression on draws of chains laid end to end, as ``drivers`` asks for it."""
    by_chain = inputs.reshape(chains, -1, inputs.shape[1]), result.reshape(chains, -1)
    return Regression(inputs, result, effective_draws(*by_chain))


@pytest.mark.parametrize(
    ("of_inputs", "of_result"), [(0.5, 0.5), (0.8, 0.8), (-0.5, -0.5), (0.0, 0.8), (0.8, 0.0)]
)
def test_noise_with_a_memory_explains_nothing(of_inputs: float, of_result: float) -> None:
    """Chains that remember: what noise explains is neither left in nor taken off twice.

    Two autoregressive series of memories a and b are by chance as correlated as if there were
    (1 - ab) / (1 + ab) of the draws (Bartlett 1946). The effective number of draws behind the
    result's mean is another one, (1 - b) / (1 + b) of them.
    """
    found = []
    for number in range(60):
        rng = np.random.default_rng([10, number])
        inputs, result = noise(2000, 3, rng, of_inputs), noise(2000, 1, rng, of_result)[:, 0]
        found.append(of_chains(inputs, result, 4).explained(range(3)))
    memory = of_inputs * of_result
    by_chance = 3 / 2000 * (1 + memory) / (1 - memory)
    error = np.std(found) / np.sqrt(len(found))
    # a third of what chance explains, for choosing the degree, beside the mean's own error
    assert abs(np.mean(found)) < by_chance / 3 + 3 * error


def test_chains_that_forget_too_slowly_are_refused_or_told_right() -> None:
    """Where a mean's effective draws are fewer than features, a share stays a share."""
    rng = np.random.default_rng(11)
    # of 4000 draws some 20 count
    inputs, result = noise(4000, 60, rng, 0.99), noise(4000, 1, rng, 0.99)[:, 0]
    result = inputs.sum(axis=1) + 5.0 * result
    try:
        regression = of_chains(inputs, result, 4)
    except TooFewDrawsError:
        return
    shares = regression.shapley(random_orders(60, 2, seed=1)).mean(axis=0)
    assert 0.0 <= regression.explained(range(60)) <= 1.0
    assert np.abs(shares).max() < 0.5


def test_cross_validation_predicts_what_comes_new() -> None:
    truth = Linear.at_random(3, 13)
    inputs, result = truth.draws(2000, seed=12)
    regression = Regression(inputs, result)
    assert regression.degree == 1, "another seed is needed"
    assert regression.cross_validated == pytest.approx(truth.explained(range(3)), abs=0.05)
    # by hand, with a stretch of neighbouring draws left out at a time
    stretches = np.array_split(np.arange(2000), BLOCKS)
    lost = 0.0
    for stretch in stretches:
        rest = np.setdiff1d(np.arange(2000), stretch)
        design = np.column_stack([np.ones(2000), inputs])
        slopes = np.linalg.lstsq(design[rest], result[rest], rcond=None)[0]
        lost += ((result[stretch] - design[stretch] @ slopes) ** 2).sum()
    by_hand = 1.0 - lost / ((result - result.mean()) ** 2).sum()
    # ours takes the mean over all draws, and not over those outside the stretch
    assert regression.cross_validated == pytest.approx(by_hand, abs=2e-3)


@pytest.mark.parametrize(
    ("shape", "degree"),
    [(lambda x: x, 1), (lambda x: x**2, 2), (lambda x: x**3 - 3 * x, 3), (np.cos, 4)],
)
def test_the_degree_follows_the_shape(shape: Callable[[Floats], Floats], degree: int) -> None:
    rng = np.random.default_rng(14)
    inputs = rng.normal(size=(3000, 2))
    result = shape(2.0 * inputs[:, 0] if degree == 4 else inputs[:, 0])
    regression = Regression(inputs, result + 0.5 * result.std() * rng.normal(size=3000))
    assert regression.degree >= degree
    assert regression.explained([0]) == pytest.approx(0.8, abs=ALLOWED * 0.77 / np.sqrt(3000))


# The same by another way


def awkward(count: int, seed: int) -> tuple[Floats, Floats]:
    """Tied inputs, one of them known, products, noise: nothing that a closed form would know."""
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(count, 5))
    inputs[:, 1] += 0.8 * inputs[:, 0]
    inputs[:, 2] = np.exp(0.5 * inputs[:, 2] + 0.2 * inputs[:, 1])
    inputs[:, 3] = 7.0
    result = inputs[:, 0] * inputs[:, 2] + inputs[:, 1] ** 2 + inputs[:, 4]
    return inputs, result + rng.normal(size=count)


@pytest.mark.parametrize("chains", [1, 4])
def test_totals_are_all_less_all_others(chains: int) -> None:
    inputs, result = awkward(3000, 15)
    regression = of_chains(inputs, result, chains)
    assert regression.degree > 1
    groups = [[0], [1], [2], [3], [4], [0, 1], [2, 4], [0, 1, 2, 3, 4], []]
    everything = regression.explained(range(5))
    for moments in (None, regression.without(3)):
        whole = regression.explained(range(5), moments)
        long_way = [
            whole - regression.explained([one for one in range(5) if one not in group], moments)
            for group in groups
        ]
        assert regression.totals(groups, moments) == pytest.approx(long_way, abs=SAME)
    assert regression.totals([range(5)])[0] == pytest.approx(everything, abs=SAME)


def test_shares_are_what_their_definition_says() -> None:
    """One Cholesky factor an order against the regression on every set of inputs."""
    inputs, result = awkward(3000, 16)
    regression = of_chains(inputs, result, 2)
    orders = all_orders(5)
    added = regression.shapley(orders)
    by_definition = shapley_of(regression.explained, 5)
    assert added.mean(axis=0) == pytest.approx(by_definition, abs=SAME)
    assert added.sum(axis=1) == pytest.approx(
        np.full(len(orders), regression.explained(range(5))), abs=SAME
    )
    # some of the orders: as far off as their own spread says
    some = regression.shapley(random_orders(5, 200, seed=1))
    in_pairs = (some[:200] + some[200:]) / 2
    error = in_pairs.std(axis=0, ddof=1) / np.sqrt(200)
    assert (np.abs(some.mean(axis=0) - by_definition) <= 4 * error + SAME).all()


def test_a_plain_regression_that_predicts_better_stays_whole() -> None:
    """Products that were tried and predicted worse leave nothing behind."""
    kept = 0
    for number in range(20):
        rng = np.random.default_rng([17, number])
        inputs = rng.normal(size=(1000, 4))
        result = inputs.sum(axis=1) + inputs[:, 0] ** 2 + rng.normal(size=1000)
        regression = Regression(inputs, result)
        everyone = regression.explained(range(4))
        # variances 4, 2 of the square, and 1 of noise; 0.77 / sqrt(1000) doubled for the square
        assert everyone == pytest.approx(6 / 7, abs=0.1)
        assert regression.shapley(all_orders(4)).mean(axis=0).sum() == pytest.approx(everyone)
        assert regression.totals([range(4)])[0] == pytest.approx(everyone, abs=SAME)
        kept += regression.degree > 1
    assert kept == 20


def test_least_squares_by_another_library() -> None:
    """Fitted values and adjusted share against NumPy's own least squares."""
    inputs, result = awkward(1500, 18)
    regression = Regression(inputs[:, [0, 1]], inputs[:, 0] + 0.1 * result)
    # whatever features it took: of all of a degree in both
    degree = regression.degree
    x, y = inputs[:, 0], inputs[:, 1]
    with_products = any(len(owners) > 1 for owners in regression._owners)
    table = [
        x**a * y**b
        for a in range(degree + 1)
        for b in range(degree + 1 - a)
        if with_products or a * b == 0
    ]
    design = np.column_stack(table)
    own = inputs[:, 0] + 0.1 * result
    slopes, *_ = np.linalg.lstsq(design, own, rcond=None)
    fitted = design @ slopes
    assert regression.fitted + own.mean() == pytest.approx(fitted, abs=1e-5 * own.std())
    left = ((own - fitted) ** 2).sum() / ((own - own.mean()) ** 2).sum()
    features = design.shape[1] - 1
    adjusted = 1 - left * (1500 - 1) / (1500 - features - 1)
    assert regression.explained([0, 1]) == pytest.approx(adjusted, abs=SAME)


@pytest.mark.parametrize("degree", [1, 2, 3, 5, 8, 12])
def test_polynomials_are_orthonormal(degree: int) -> None:
    rng = np.random.default_rng(19)
    for values in (rng.normal(size=500), 1e9 + rng.gamma(0.5, size=500), rng.uniform(size=500)):
        table = polynomials(values, degree)
        assert table.shape == (500, degree)
        assert table.mean(axis=0) == pytest.approx(np.zeros(degree), abs=1e-10)
        assert table.T @ table / 500 == pytest.approx(np.eye(degree), abs=1e-10)
        # polynomials of the draws: nothing is left of a power once those up to it are taken out
        scaled = (values - values.mean()) / values.std()
        power = scaled**degree
        left = power - power.mean() - table @ (table.T @ power) / 500
        assert np.abs(left).max() < 1e-6 * np.abs(power).max()


def test_orders_come_with_their_reverse() -> None:
    orders = random_orders(7, 50, seed=3)
    assert orders.shape == (100, 7)
    assert (np.sort(orders, axis=1) == np.arange(7)).all()
    np.testing.assert_array_equal(orders[50:], orders[:50, ::-1])
    np.testing.assert_array_equal(orders, random_orders(7, 50, seed=3))
    assert len({tuple(one) for one in orders[:50]}) > 45


def test_too_few_draws_are_told() -> None:
    rng = np.random.default_rng(20)
    inputs = rng.normal(size=(100, 11))
    with pytest.raises(TooFewDrawsError, match=r"100 draws are too few .* needs at least 110"):
        Regression(inputs, rng.normal(size=100))
    assert DRAWS_PER_FEATURE == 10
    # what is known exactly takes no draws
    inputs[:, 4] = 1.0
    assert Regression(inputs, rng.normal(size=100)).degree == 1


def test_what_cannot_be_regressed_is_told_rightly() -> None:
    """A result that does not vary has no variance to share, however many draws there are."""
    rng = np.random.default_rng(21)
    with pytest.raises(ValueError, match=r"^(?!.*too few)"):
        Regression(rng.normal(size=(1000, 3)), np.full(1000, 2.0))


# Another library


def g_function(inputs: Floats) -> Floats:
    """Sobol's g-function: products of all inputs, in falling order of weight."""
    weights = np.array([0.5, 1.0, 3.0, 9.0, 99.0])
    return np.asarray(np.prod((np.abs(4 * inputs - 2) + weights) / (1 + weights), axis=1))


def smooth(inputs: Floats) -> Floats:
    """Products and powers without corners, which polynomials follow."""
    one, two, three, four, _ = inputs.T
    return np.asarray(np.exp(one + 0.5 * two) * (1 + three) + np.sin(6 * four) + two * four)


FUNCTIONS = [pytest.param(smooth, id="smooth"), pytest.param(g_function, id="g")]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_shares_of_independent_inputs_against_salib(function: Callable[[Floats], Floats]) -> None:
    """Sobol indices from SALib's own sample; first-order ones from our draws by its other ways."""
    from SALib.analyze import rbd_fast, sobol
    from SALib.sample import sobol as sobol_sample

    problem = {"num_vars": 5, "names": list("abcde"), "bounds": [[0.0, 1.0]] * 5}
    points = sobol_sample.sample(problem, 2**13, calc_second_order=False, seed=23)
    theirs = sobol.analyze(
        problem, function(points), calc_second_order=False, num_resamples=20, seed=23
    )
    inputs = np.random.default_rng(24).uniform(size=(MANY, 5))
    result = function(inputs)
    regression = Regression(inputs, result)
    first = np.array([regression.explained([place]) for place in range(5)])
    # theirs come with 95% half-widths; corners of |x| cost a polynomial of degree 12 a hundredth
    corner = 0.01 if function is g_function else 0.0
    tolerance = NEAR + 2 * theirs["S1_conf"] + corner
    assert (np.abs(first - theirs["S1"]) < tolerance).all()
    total = regression.totals([[place] for place in range(5)])
    # products of three and more inputs are beyond the regression, and told to be
    beyond = 1.0 - regression.explained(range(5))
    assert beyond < 0.05
    assert (np.abs(total - theirs["ST"]) < NEAR + 2 * theirs["ST_conf"] + beyond + corner).all()
    other = rbd_fast.analyze(problem, inputs, result, num_resamples=20, seed=23)
    assert (np.abs(first - other["S1"]) < NEAR + 2 * np.array(other["S1_conf"]) + corner).all()


def from_uniform(case: Case, parts: Synthesis, points: Floats) -> Floats:
    """Basic quantities at points of the unit cube: each prior's quantiles, by SciPy."""
    priors = {prior.label: prior for prior in case.priors}
    columns = []
    for place, label in enumerate(parts.layout.labels):
        prior = priors[label]
        ends = np.array([prior.p05, prior.p95])
        if prior.support == "fraction":
            ends = ends / (1 - ends)
        low, high = np.log(ends)
        log = norm.ppf(points[:, place], (low + high) / 2, (high - low) / (2 * norm.ppf(0.95)))
        columns.append(1 / (1 + np.exp(-log)) if prior.support == "fraction" else np.exp(log))
    return np.column_stack(columns)


@pytest.mark.slow
@pytest.mark.parametrize("definition", DEFINITIONS)
def test_the_priors_revenue_against_salib(
    tiny: Case, tiny_parts: Synthesis, definition: str
) -> None:
    """The whole model with independent inputs: regression on draws against Sobol's pick and freeze.

    Of the revenue's inverse hyperbolic sine, a log that takes what is nothing or less: in dollars
    a few draws of the prior make up much of the variance, and neither way would tell it sharply.
    """
    from SALib.analyze import sobol
    from SALib.sample import sobol as sobol_sample

    layout = tiny_parts.layout
    year = tiny.timeline.headline

    def revenue(natural: Floats) -> Floats:
        chunks = np.array_split(natural, max(len(natural) // 4000, 1))
        amounts = [
            yearly_revenue(tiny, layout, chunk).sel(definition=definition, year=year).to_numpy()
            for chunk in chunks
        ]
        return np.arcsinh(np.concatenate(amounts) / 2e8)

    problem = {
        "num_vars": layout.size,
        "names": list(layout.labels),
        "bounds": [[0.0, 1.0]] * layout.size,
    }
    points = sobol_sample.sample(problem, 2**11, calc_second_order=False, seed=25)
    natural = from_uniform(tiny, tiny_parts, np.clip(points, 1e-9, 1 - 1e-9))
    theirs = sobol.analyze(
        problem, revenue(natural), calc_second_order=False, num_resamples=50, seed=25
    )
    ours = prior_draws(layout, seed=26, draws=8000)
    positive, fraction = np.split(ours, [layout.supports[0]], axis=1)
    inputs = np.hstack([np.log(positive), np.log(fraction / (1 - fraction))])
    regression = Regression(inputs, revenue(ours))
    alone = [[place] for place in range(layout.size)]
    first = np.array([regression.explained(one) for one in alone])
    total = regression.totals(alone)
    # what is collected is the smaller of two amounts, which in the prior are about as large:
    # a corner that polynomials follow only so far (with three times the draws state_take's share
    # is above 0.98 as well)
    corner = definition in ("state_take", "plan_collected")
    assert regression.explained(range(layout.size)) > (0.94 if corner else 0.98)
    # ours to four standard errors, theirs to twice its 95% half-width; what the regression does
    # not explain may belong to anyone's total
    near = ALLOWED * 0.77 / np.sqrt(8000)
    assert (np.abs(first - theirs["S1"]) < near + 2 * theirs["S1_conf"]).all()
    beyond = 1.0 - regression.explained(range(layout.size))
    assert (np.abs(total - theirs["ST"]) < near + 2 * theirs["ST_conf"] + beyond).all()
    # both name the same most important quantities
    assert {*np.argsort(-first)[:2]} <= {*np.argsort(-theirs["S1"])[:4]}
