# %% [markdown]
# # Host by host: what the workers abroad bring together
#
# Everybody quotes a total, and hardly anybody has built one from the hosts up. You will learn to fit
# a case of several hosts, to read their sum and their parts, to see what one host's unknown number
# does to the sum, and to ask what a published total would have to mean to be right.
#
# The fit takes some minutes the first time, and a few seconds the second.

# %%
import numpy as np
import pandas as pd

import model

estimate = model.fit("world")
assert estimate.converged
estimate

# %% [markdown]
# ## Which hosts
#
# Hosts and named groups of hosts stand in `timeline.toml`. A group named `world` says that the hosts
# together are the world; without it their sum is a part of the world, and published totals of the
# world are not compared with it.

# %%
places = estimate.summary["scenarios"]["baseline"]["places"]
hosts = [host.name for host in estimate.case.hosts]
titles = {host.name: host.title for host in estimate.case.hosts}
groups = {name: place["hosts"] for name, place in places.items() if name not in hosts}
pd.Series(groups, name="hosts").rename_axis("group")

# %% [markdown]
# ## The sum, year by year
#
# Hosts are added draw by draw, and quantiles are taken last. A sum of medians is not the median of a
# sum: here is how far apart the two are.

# %%
ENDS = [0.05, 0.5, 0.95]
total = estimate.draws("state_take", unit="million")
by_year = total.quantile(ENDS, ["chain", "draw"]).to_pandas().T
headline = str(estimate.case.timeline.headline)
medians = {
    year: sum(places[host]["annual"][year]["state_take"]["usd"]["q50"] for host in hosts) / 1e6
    for year in by_year.index.astype(str)
}
by_year.assign(sum_of_medians=list(medians.values())).round().astype(int)

# %%
axes = estimate.plot.years()

# %% [markdown]
# ## Each host
#
# The largest first, in million dollars of the headline's year, with its part of the sum. Parts are
# divided draw by draw, too.


# %%
def of(block: dict[str, float], scale: float) -> list[float]:
    """Median and the ends of the 90% interval."""
    return [round(block[key] / scale, 1) for key in ("q50", "q05", "q95")]


rows = {
    titles[host]: [
        *of(places[host]["annual"][headline]["state_take"]["usd"], 1e6),
        *of(places[host]["share"][headline]["state_take"], 0.01),
    ]
    for host in hosts
}
columns = pd.MultiIndex.from_product([["million", "share, %"], ["median", "5%", "95%"]])
table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
table.sort_values(("million", "median"), ascending=False)

# %%
panels = estimate.plot.hosts()

# %% [markdown]
# Each panel has a scale of its own: compare shapes, not heights. A host with no evidence in some
# years keeps the width of its prior there.
#
# ## What makes the sum uncertain
#
# Of all basic quantities, those whose draws follow the sum most closely, by rank. What the evidence
# left of a prior says whether more could be learnt at all.

# %%
whole = total.sel(period=headline).to_numpy().ravel()


def rank(draws: np.ndarray) -> np.ndarray:
    """Places of draws in their order."""
    return np.argsort(np.argsort(draws, kind="stable"), kind="stable")


tied = pd.Series(
    {
        label: np.corrcoef(rank(estimate.quantity(label)), rank(whole))[0, 1]
        for label in estimate.quantities.index
    }
)
closest = tied.abs().sort_values(ascending=False).index[:5]
tied[closest].round(2).rename("rank correlation with the sum")

# %% [markdown]
# By thirds of the first of these: how far would the sum move if somebody found it out?

# %%
order = np.argsort(estimate.quantity(closest[0]), kind="stable")
thirds = dict(zip(["lowest", "middle", "highest"], np.array_split(order, 3), strict=True))
pd.DataFrame(
    {name: np.quantile(whole[chosen], ENDS) for name, chosen in thirds.items()}, ENDS
).T.round()

# %% [markdown]
# ## What is published, and what it may mean
#
# A published total is compared with the sum of the same hosts and months only. A total of one trade
# or city has a host that is none of the case's, and is compared with nothing.

# %%
estimate.held_out

# %%
axes = estimate.plot.meanings()

# %% [markdown]
# The percentages on the right say how probable it is that a total is right *if it means this*: the
# sum lies inside a published range, within a fifth of a single figure, or comes as far as a bound.
#
# ## "As much as 2 billion"
#
# The chance that the sum came to amounts that are often quoted for the world, under each meaning: in
# the headline's year, and in the best of all years.

# %%
amounts = {"$500 million": 500, "$2 billion": 2000}
meanings = ["plan_collected", "state_take", "surplus", "wedge", "billings"]
chances = {}
for meaning in meanings:
    draws = estimate.draws(meaning, unit="million")
    years = {headline: draws.sel(period=headline), "best year": draws.max("period")}
    chances[meaning] = {
        (name, year): float((one >= amount).mean())
        for name, amount in amounts.items()
        for year, one in years.items()
    }
pd.DataFrame(chances).T.round(2)

# %% [markdown]
# ## Exercises
#
# 1. Which host's interval is widest as a multiple of its median, and how many rows does it have in
#    `estimate.case.evidence`?
# 2. Repeat the thirds for the second quantity. Does it move the sum as far?
# 3. Fit `model.fit("world", drop_source=...)` without one source of the most uncertain host, and
#    subtract the estimates: `other - estimate`.
