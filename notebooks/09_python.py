# %% [markdown]
# # An economist's notebook
#
# You will learn to get any months, money and unit out of an estimate, to compare two estimates, to
# place figures in your own, and to use ArviZ on the draws. It takes about a minute the first time.

# %%
import logging
import warnings

import arviz
import matplotlib.pyplot as plt
import pandas as pd

import model

estimate = model.fit()
assert estimate.converged
estimate

# %% [markdown]
# ## Any months, with right intervals
#
# Quantiles cannot be added up; draws can. `estimate.draws` returns amounts by month, quarter or year,
# for every draw: an xarray of chain, draw and period. Add first, take quantiles last.

# %%
ENDS = [0.05, 0.5, 0.95]
quarters = estimate.draws("state_take", freq="Q", between=("2017-01", "2018-06"), unit="million")
quarters.quantile(ENDS, ["chain", "draw"]).to_pandas().T.round(1)

# %% [markdown]
# The half year before the ban of September 2017, and the half year after, by the same draws:

# %%
months = estimate.draws(freq="M", between=("2017-03", "2018-02"), unit="million")
before, after = (
    months.sel(period=slice(*ends)).sum("period")
    for ends in (("2017-03", "2017-08"), ("2017-09", "2018-02"))
)
pd.DataFrame(
    {
        name: one.quantile(ENDS).to_pandas()
        for name, one in {"before": before, "after": after, "change": after - before}.items()
    }
).T.round(1)

# %% [markdown]
# ## Other money
#
# Per worker present, and in other currencies. Dollars and rubles are converted with the rates of
# the run, month by month; euros at the ECB's. `real=2018` gives constant prices where the case has a
# price index; this one has none, and says so.

# %%
money = {
    currency: estimate.draws(per="worker", currency=currency, between=(2016, 2018))
    .median(["chain", "draw"])
    .to_pandas()
    for currency in ("USD", "EUR", "RUB")
}
try:
    estimate.draws(real=2018)
except ValueError as error:
    print(error)
pd.DataFrame(money).round(-1).astype(int).rename_axis("state take per worker and year")

# %% [markdown]
# ## Two estimates
#
# One name may stand for a list of names. The difference says how draws were set against each other.

# %%
other = model.fit(drop_source="wsj-2018-08-02")
assert other.converged
other - estimate

# %%
(other - estimate).table("billings").loc[:, ["median", "5%", "95%", "error"]].div(1e6).round(1)

# %% [markdown]
# Mistakes are told in the words of Python:

# %%
try:
    model.fit(drop_source="wsj-2018-08-03")
except model.CaseError as error:
    print(error)

# %% [markdown]
# ## Figures of your own
#
# `estimate.plot.` completes to the names of the figures. A figure may take the place of axes.

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(13, 4), layout="constrained")
estimate.plot.years(ax=left)
_ = quarters.median(["chain", "draw"]).to_pandas().plot.bar(ax=right, ylabel="USD million")

# %% [markdown]
# ## ArviZ
#
# `estimate.idata` has prior, posterior, predictions and the density of each row. The shipped case
# mixes four readings; leave-one-out and power-scaling are meant for one of them.

# %%
plan = estimate.idata_of("plan")
logging.getLogger("arviz_stats").setLevel("ERROR")  # what it would say is the last column
arviz.psense_summary(plan, var_names=["plan", "payment", "utilisation", "state_take"])

# %%
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # some rows are influential: see the table
    left_out = arviz.loo(plan, pointwise=True)
table = pd.DataFrame({"elpd": left_out.elpd_i.to_pandas(), "k": left_out.pareto_k.to_pandas()})
table.sort_values("k", ascending=False).head(6).round(2)

# %%
_ = arviz.plot_prior_posterior(plan, var_names=["plan", "utilisation", "broker_margin"])

# %% [markdown]
# ## Exercises
#
# 1. What did the state take per worker in each quarter of 2018, in rubles?
# 2. Which rows have a Pareto k above 0.7, and what do they have in common?
# 3. Compare `estimate` with `model.fit(without="plan")`. Is the difference larger than its error?
