# %% [markdown]
# # Scenarios: what if, and what then
#
# A scenario says what would have been different, month by month, and the program says what that
# would have changed, with the uncertainty of the change itself. You will learn to read a scenario file,
# to ask for those that come with the case, to write a new one, and to look past the end of the data,
# where the exchange rate is unknown as well.
#
# It takes less than half a minute: the case is fitted once, and all scenarios are projected from the
# same draws.

# %%
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import model

shipped = sorted(path.stem for path in (model.INPUTS / "scenarios").glob("*.toml"))
print(", ".join(shipped))

# %% [markdown]
# ## What a scenario is
#
# A text file with a title, what it rests on, and changes: each of one quantity, from one month (to
# another, or to the end). All else stays as the evidence has it. `set` gives a figure with its unit,
# `path` several that are joined by straight lines, `scale` a factor, and `as_in` the value of
# another month, in each draw its own.

# %%
print((model.INPUTS / "scenarios" / "status_quo.toml").read_text(encoding="utf-8"))

# %% [markdown]
# `as_in = "2017-08"` means: as in the last month before the ban. Nobody knows that rate exactly, so it
# differs from draw to draw, and the scenario's uncertainty contains it.
#
# ## Asking
#
# Three scenarios in one question. If the case was fitted before, nothing is fitted again. A run keeps
# the scenarios' files, and their titles stand in its summary.

# %%
asked = ["one_year_expiry", "status_quo", "ruble_shock"]
estimate = model.fit(scenarios=asked)
assert estimate.converged
for name in asked:
    print(f"{name}: {estimate.summary['scenarios'][name]['title']}")

# %%
axes = model.plot("scenarios", estimate, most=2)

# %% [markdown]
# Bands are the state take by month, of what happened and under the two scenarios that change it most;
# the dashed line is the median of what happened. The number in a panel is the change, added up over
# the months from the first one changed.
#
# `estimate.versus` has the change by year. The same two, in million dollars:

# %%
NAMES = {"q50": "median", "q05": "5%", "q95": "95%"}


def change(estimate, scenario, definition="state_take"):
    """What a scenario changes in each year: median and 90% interval, USD million."""
    table = estimate.versus(scenario, definition)
    return (table[list(NAMES)] / 1e6).round(1).rename(columns=NAMES)


both = {name: change(estimate, name) for name in asked[:2]}
pd.concat(both, axis=1)

# %% [markdown]
# Years before a scenario's first month are exactly zero: the draws are the same. `versus` also has
# `probability_higher`, the share of draws in which the scenario gives more; where nothing changes it
# is zero, since equal is not higher.
#
# ## A difference has its own interval
#
# Why not subtract the two intervals? Because what is unknown is mostly unknown alike in both: a draw
# with many workers or a high plan has them with and without the scenario. Draw by draw it cancels.

# %%
year = 2018
with_it = estimate.draws(year=year, scenario="one_year_expiry") / 1e6
without = estimate.draws(year=year) / 1e6
ends = [0.05, 0.95]

paired = np.quantile(with_it - without, ends)
low, high = np.quantile(with_it, ends), np.quantile(without, ends)
subtracted = [low[0] - high[1], low[1] - high[0]]
print(f"Draw by draw:             {paired[0]:.0f} to {paired[1]:.0f} million dollars")
print(f"One interval less other:  {subtracted[0]:.0f} to {subtracted[1]:.0f} million dollars")
print(f"Correlation of the two:   {np.corrcoef(with_it, without)[0, 1]:.2f}")

# %%
plt.plot(without, with_it, ".", markersize=2)
top = without.max()
plt.plot([0, top], [0, top], color="black", linewidth=0.8, label="no change")
plt.xlim(0)
plt.ylim(0)
plt.xlabel(f"state take of {year} as it happened, USD million")
plt.ylabel("under one_year_expiry, USD million")
_ = plt.legend()

# %% [markdown]
# Each dot is a draw; its distance below the line is the change in that draw. The first interval is
# what `versus` reports. The second pretends that the two were found by strangers.
#
# ## Who bears it?
#
# The third scenario sets the exchange rate: 90 rubles to the dollar from January 2018. Payments and
# salaries are in rubles, the plan is in dollars. Whose dollars are fewer?

# %%
parts = ["billings", "surplus", "state_take"]
pd.concat({name: change(estimate, "ruble_shock", name) for name in parts}, axis=1).loc[2018:]

# %% [markdown]
# Contractors pay fewer dollars, managers and brokers have less, and the state gives up next to nothing.
# That is a judgement and not a finding: in scenarios the plan is due per head and comes before
# managers and brokers, as Radio Free Asia reports. The state loses only in draws in which the surplus
# no longer reaches. Under a state that takes a share, more would fall on it.
#
# ## Writing one
#
# What if Russia had halved new permits a year before the ban? A file anywhere will do; its name is
# the scenario's.

# %%
folder = Path(tempfile.mkdtemp())
file = folder / "permits_halved.toml"
file.write_text(
    """
title = "Half the arrivals in the year before the ban"
description = "From September 2016 to August 2017 half as many workers arrive on permits."
basis = "judgement: an example, for the notebook."

[[changes]]
quantity = "permit_inflow"
from = "2016-09"
to = "2017-08"
scale = 0.5
""",
    encoding="utf-8",
)
halved = model.fit(scenarios=[file])
change(halved, "permits_halved")

# %% [markdown]
# The change is felt for years after the last month changed: those who did not arrive are missing until
# they would have left.
#
# ## Past the data
#
# The data end in March 2020. `horizon` projects further: workers come and go at the rates of the last
# phase, prices and the plan grow on. The exchange rate is known for longer than the workers are.
# Where it is known it is used, and where it is not, each draw takes its own random walk from the last
# known rate, with monthly steps as wide as those that are known. Beside it a scenario that sets the
# rate, which reaches 120 rubles to the dollar by the end of 2023:

# %%
rubles = folder / "rubles_120.toml"
rubles.write_text(
    """
title = "120 rubles to the dollar by the end of 2023"
description = "The ruble falls evenly from 80 to the dollar in March 2022 to 120 in December 2023."
basis = "judgement: an example, for the notebook."

[[changes]]
quantity = "exchange_rate"
from = "2022-03"
path = { "2022-03" = 80, "2023-12" = 120 }
unit = "RUB/USD"
""",
    encoding="utf-8",
)
later = model.fit(scenarios=[rubles], horizon="2023-12")
assert later.converged

rates = pd.read_csv(later.folder / "exchange_rates.csv")
where = rates["source"].str.split(",").str[0]
known = rates.groupby(where)["month"].agg(["min", "max"]).sort_values("min")
known.rename(columns={"min": "from", "max": "to"})

# %% [markdown]
# What does not knowing the rate do to the amounts? By month, `revenue.csv` has them in both currencies.
# As a measure of width we take the 95% point over the 5% point.

# %%
revenue = pd.read_csv(later.folder / "revenue.csv")
revenue["width"] = revenue["q95"] / revenue["q05"]
chosen = revenue["definition"].isin(["billings", "state_take"]) & revenue["month"].isin(
    ["2022-02", "2022-12", "2023-12"]
)
revenue[chosen].pivot_table(
    index=["scenario", "month"], columns=["definition", "currency"], values="width"
).round(1)

# %% [markdown]
# Billings are paid in rubles: where the rate walks they are wider in dollars than in rubles, and where
# the scenario sets it the same in both. For the state take it is the other way round, since the plan
# is in dollars: what would have happened, in dollars, does not feel the unknown rate at all. That
# follows from the model, in which the plan is owed whatever the rate. How many workers there are is
# the larger unknown of these years: few permits, and a guess at students and tourists who work.

# %%
workers = later.workers()
working = workers[(workers["stock"] == "working") & workers["month"].str.endswith("-12")]
working.set_index("month")[["q50", "q05", "q95"]].rename(columns=NAMES).round(-1).astype(int)

# %%
pd.concat({name: change(later, "rubles_120", name) for name in parts}, axis=1).loc[2021:]

# %% [markdown]
# From 2022 the change compares a rate that is set with one that walks, draw by draw. So it is uncertain
# even in sign: in some draws the ruble had fallen further by itself.
#
# ## Exercises
#
# 1. Ask for `["expansion", "deadline_2019"]` and plot them. Which of them changes billings more?
# 2. In `permits_halved.toml` write `set = 0` and `unit = "persons/month"` in place of `scale`. Is the
#    change twice as large? Then misspell the quantity, and read what you are told.
# 3. Write a scenario that pays workers what is declared (`keep_share`, `set = 1`,
#    `unit = "fraction"`) *and* sets the rate to 90 from January 2018. Does the state now lose?
# 4. Ask for `horizon="2021-12"` without scenarios, and look at the years 2020 and 2021 of
#    `estimate.revenue("state_take")`. What do they rest on?
