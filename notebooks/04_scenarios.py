# %% [markdown]
# # Scenarios: what if, and what next
#
# A scenario describes what would have been different, month by month, and the program estimates the
# change, with its own uncertainty. You will learn to read a scenario file, to run those that come
# with the case, to write a new one, and to project past the end of the data, where the exchange
# rate is unknown as well.
#
# It takes less than half a minute: the case is fitted once, and all scenarios are projected from the
# same draws.
#
# ## What a scenario is
#
# A scenario is a text file with a title, a basis and a list of changes. Each change applies to one
# quantity, from one month (to another, or to the end). Everything else stays as the evidence
# implies. `set` gives a figure with its unit, `path` several figures joined by straight lines,
# `scale` a factor, and `as_in` the value of another month, which differs by draw. Below is one file:
#
# `as_in = "2017-08"` takes the value in the last month before the ban. That rate is not known
# exactly, so it differs from draw to draw, and the scenario's uncertainty includes it.
#
# ## Running scenarios
#
# Three scenarios can be run in one request. If the case was already fitted, no fit is run. A run
# keeps the scenarios' files, and its summary has their titles. Bands show the state take by month, as it
# happened and under the two scenarios that change it most; the dashed line is the median of what
# happened. The number in a panel is the total change over all months from the first one changed.

# %%
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import model

shipped = sorted(path.stem for path in (model.INPUTS / "scenarios").glob("*.toml"))
print("Shipped:", ", ".join(shipped), end="\n\n")
print((model.INPUTS / "scenarios" / "status_quo.toml").read_text(encoding="utf-8"))

# %%
asked = ["one_year_expiry", "status_quo", "ruble_shock"]
estimate = model.fit(scenarios=asked)
assert estimate.converged
for name in asked:
    print(f"{name}: {estimate.summary['scenarios'][name]['title']}")

axes = model.plot("scenarios", estimate, most=2)

# %% [markdown]
# `estimate.versus` has the change by year. For the first two scenarios, in million dollars:

# %%
ENDS = ["median", "5%", "95%"]


def change(estimate, scenario, definition="state_take"):
    """What a scenario changes in each year: median and 90% interval, USD million."""
    return estimate.versus(scenario, definition, unit="million")[ENDS].round(1)


both = {name: change(estimate, name) for name in asked[:2]}
pd.concat(both, axis=1)

# %% [markdown]
# The change is exactly zero in years before a scenario's first month, because the draws are the
# same. `versus` also has `probability_higher`, the share of draws in which the scenario gives more;
# it is zero where nothing changes, since equal is not higher.
#
# ## A difference has its own interval
#
# Why not subtract the two intervals? Because most unknowns are common to both: a draw with many
# workers or a high plan has them with and without the scenario. Draw by draw, they cancel.

# %%
year = 2018
with_it, without = (
    estimate.draws(scenario=name).sel(period=str(year)).to_numpy().ravel() / 1e6
    for name in ("one_year_expiry", "baseline")
)
ends = [0.05, 0.95]

paired = np.quantile(with_it - without, ends)
low, high = np.quantile(with_it, ends), np.quantile(without, ends)
subtracted = [low[0] - high[1], low[1] - high[0]]
print(f"Draw by draw:             {paired[0]:.0f} to {paired[1]:.0f} million dollars")
print(f"One interval less other:  {subtracted[0]:.0f} to {subtracted[1]:.0f} million dollars")
print(f"Correlation of the two:   {np.corrcoef(with_it, without)[0, 1]:.2f}")

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
# what `versus` reports. The second treats the two as if they were independent.
#
# ## Who bears the change?
#
# The third scenario sets the exchange rate: 90 rubles to the dollar from January 2018. Payments and
# salaries are in rubles, and the plan is in dollars. Who receives fewer dollars?

# %%
parts = ["billings", "surplus", "state_take", "plan_collected"]
pd.concat({name: change(estimate, "ruble_shock", name) for name in parts}, axis=1).loc[2018:]

# %% [markdown]
# Contractors pay fewer dollars. Taxes, food and salaries cost fewer dollars, too, so the surplus falls
# by less. The state bears the larger part of that, and most of it in the plan collected. Its claim
# comes first and firms keep the rest; but little is left with firms, so there is not much that they
# could lose before the plan does (the notebook on the model has the curve).
#
# The rule itself is in doubt. In two readings of the evidence the claim is a plan in dollars; in the
# other two it follows what crews earn, in rubles, so that it falls with the ruble. Each reading has
# its own answer in the summary:

# %%
by_reading = {}
for name, block in estimate.summary["readings"].items():
    years = block["scenarios"]["ruble_shock"]["versus_baseline"]
    lost = years["2018"]["plan_collected"]["usd"]
    by_reading[name] = {"the claim follows": block["follows"]}
    by_reading[name] |= {
        label: round(lost[key] / 1e6, 1)
        for key, label in zip(["q50", "q05", "q95"], ENDS, strict=True)
    }
pd.DataFrame(by_reading).T.rename_axis(columns="change of the plan collected in 2018")

# %% [markdown]
# Where the claim is a plan, the upper end is nearer to zero: in some draws firms have enough left to
# shield the plan from most of the fall. Where the claim follows what crews earn, it falls whatever
# firms have.
#
# ## Writing a scenario
#
# What if Russia had halved new permits a year before the ban? The file may be anywhere; its name is
# the scenario's name.

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
# The effect lasts for years after the last month changed: those who did not arrive are missing
# until they would have left.
#
# ## Past the data
#
# The data end in March 2020. `horizon` projects further: workers arrive and leave at the rates of
# the last phase, and prices and the plan continue to grow. The exchange rate is known for longer
# than the number of workers. Known rates are used; after the last one, each draw takes its own
# random walk, with monthly steps as wide as those of the known rates. A scenario beside it sets the
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
# How does an unknown rate affect the amounts? `revenue.csv` has them by month in both currencies.
# As a measure of width, we take the length of the 90% interval as a multiple of the median.

# %%
revenue = pd.read_csv(later.folder / "revenue.csv")
revenue["width"] = (revenue["q95"] - revenue["q05"]) / revenue["q50"]
chosen = revenue["definition"].isin(["billings", "state_take"]) & revenue["month"].isin(
    ["2022-02", "2022-12", "2023-12"]
)
revenue[chosen].pivot_table(
    index=["scenario", "month"], columns=["definition", "currency"], values="width"
).round(1)

# %% [markdown]
# Billings are paid in rubles: where the rate is a random walk, they are wider in dollars than in
# rubles, and where the scenario sets the rate, they are equally wide in both. The state take is a
# claim in dollars, met from rubles, so its widths in the two currencies differ little; it widens as
# payment and plan grow apart from each other. The number of workers is the larger unknown in these
# years: few permits, and a guess at students and tourists who work.

# %%
pd.concat({name: change(later, "rubles_120", name) for name in parts}, axis=1).loc[2021:]

# %% [markdown]
# From 2022, the change compares a fixed rate with a random walk, draw by draw. So even its sign is
# uncertain: in some draws the ruble falls further without the scenario.
#
# ## Exercises
#
# 1. Run `["expansion", "deadline_2019"]` and plot them. Which of them changes billings more?
# 2. In `permits_halved.toml` write `set = 0` and `unit = "persons/month"` instead of `scale`. Is
#    the change twice as large? Then misspell the quantity, and read the message.
# 3. Run `["declared_wages_paid"]`. What do workers gain in 2017 (it is what the surplus loses), and
#    how much of it does the state lose? Do the readings disagree about that?
# 4. Run with `horizon="2021-12"` and no scenarios, and look at the years 2020 and 2021 in
#    `estimate.revenue("state_take")`. What do they rest on?
