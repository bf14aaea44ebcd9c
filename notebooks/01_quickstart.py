# %% [markdown]
# # Quickstart: from a folder of claims to a posterior
#
# North Korea sends workers abroad and takes most of what they earn. What is published about it is a
# handful of hedged numbers, which the press multiplies. You will learn to ask the program for its own
# answer for Russia, in six lines, and to read that answer slowly: whether it may be used at all,
# what it says of each year, under which of four meanings of "revenue", how it stands to the press's
# figure, and where everything lies on disk.
#
# It takes a few seconds.
#
# First three libraries for looking at results, then the program, which needs one name only.

# %%
import arviz
import pandas as pd
import xarray

import model

# %% [markdown]
# ## Six lines
#
# `import model` was the first of them. `model.fit()` estimates the case that comes with the program,
# or reads the answer from the archive if the question was asked before. The seed of the draws is the
# program's own, so the same machine gives the same numbers each time.

# %%
estimate = model.fit()
assert estimate.converged
by_year = estimate.revenue("state_take") / 1e6
axes = model.plot("headline", estimate)
print(estimate)

# %% [markdown]
# The sentence gives the median and, in brackets, the interval that holds the truth with a
# probability of 90%, *if the model and the grades given to the sources are right*. The figure says
# the same in fifty dots, each as likely as any other: counting dots is reading probabilities. The
# dashed line is the figure that the press's arithmetic gives, to which we come below.
#
# ## May these numbers be used?
#
# The posterior is drawn by four chains. The program lets them pass if they agree (R-hat at most
# 1.01), if there are enough effective draws (at least 400, in the bulk and in the tails), and if
# no draw diverged. `estimate.converged` is that verdict; `convergence` has the worst of each.

# %%
worst = {name: value for name, value in estimate.convergence.items() if name != "worst"}
pd.Series(worst, name="worst of all quantities").round(3).to_frame()

# %% [markdown]
# This says that the chains found the posterior, not that the posterior is right. An estimate that
# fails says so in its sentence; `assert estimate.converged` keeps a notebook from going on with it.
#
# ## By year
#
# Tables are in plain dollars; we divided by a million. `q50` is the median, `q05` and `q95` are the
# ends of the 90% interval.

# %%
NAMES = {"q50": "median", "q05": "5%", "q95": "95%"}

years = by_year[list(NAMES)].rename(columns=NAMES).round().astype(int)
years.rename_axis(columns="state take, USD million")

# %% [markdown]
# Read along a row, not down a column: medians of two years must not be subtracted as if they were
# known. Whether one year lies below another is a question for the draws, further down.
#
# ## Four meanings of "revenue"
#
# Published totals disagree partly because they mean different things, so all four are computed:
#
# | name | what it is |
# |---|---|
# | `billings` | all that contractors pay for the workers |
# | `wedge` | billings less the declared salary: what the press computes |
# | `surplus` | what state, managers and brokers have together: billings less taxes, permits, upkeep and what the workers keep |
# | `state_take` | what reaches the state and its enterprises: the headline |
#
# In the figure each panel is one definition; the thick bar holds half of the probability, the thin
# one 90%, and the number is the median. `estimate.revenue()` has all of it as a table.

# %%
axes = model.plot("ladder", estimate)

# %% [markdown]
# The wide panels are wide for a reason: little is published about brokers, idle months and prices
# outside St Petersburg. The program's own checks say that billings, wedge and surplus are mostly
# judgement, and that evidence moves the state take alone (README, *Does it tell the truth?*).
#
# ## The press's arithmetic
#
# The press multiplies workers by payment less declared salary, by twelve months, and turns it into
# dollars at the rate that its own two figures for the payment imply. The case names the four claims;
# the declared salary was printed as a range, of which we take the middle, as the program does.

# %%
press_claims = estimate.case.evidence.set_index("id").loc[list(estimate.case.press.values())]
middle = press_claims[["low", "high"]].mean(axis=1)
press_claims = press_claims.assign(figure=press_claims["value"].fillna(middle))

workers, payment, in_dollars, declared = press_claims["figure"]
by_hand = workers * (payment - declared) * 12 / (payment / in_dollars)
press = estimate.summary["press_arithmetic"]
print(f"By hand {by_hand / 1e6:.1f} million dollars; the program has {press['usd'] / 1e6:.1f}.")
press_claims[["quantity", "qualifier", "figure", "unit"]]

# %% [markdown]
# ## Draws answer other questions
#
# `estimate.draws()` is an array: one amount for each draw from the posterior. A probability is the
# share of draws for which something holds. What is the chance that the state took more than the
# press's figure?

# %%
draws = estimate.draws("state_take")
above = (draws > press["usd"]).sum()
print(f"{above:,} of {len(draws):,} draws for {estimate.year} lie above the press's figure.")

# %% [markdown]
# None, or a handful, of some thousand draws means "less than one in a few hundred" and not
# "impossible": draws that depend on each other cannot resolve smaller probabilities. For the other
# definitions, counted here and as the run has it:

# %%
definitions = ["billings", "wedge", "surplus", "state_take"]
counted = {name: (estimate.draws(name) > press["usd"]).mean() for name in definitions}
above = pd.DataFrame({"counted here": counted, "in summary.json": press["probability_above"]})
above.round(2).rename_axis(columns="probability of more")

# %% [markdown]
# So the press's figure is a plausible *wedge* and an implausible *state take*: the multiplication is
# not absurd, but it measures something else.
#
# The draws of one estimate belong together, place by place. So two years may be compared draw by
# draw, although their intervals overlap:

# %%
grew = (estimate.draws(year=2017) > estimate.draws(year=2016)).mean()
fell = (estimate.draws(year=2018) < estimate.draws(year=2017)).mean()
print(f"Probability that the state took more in 2017 than in 2016: {grew:.2f}")
print(f"Probability that the state took less in 2018 than in 2017: {fell:.2f}")

# %% [markdown]
# ## Where it lies
#
# Each answer is a folder, named by the hash of all that could change its numbers: inputs, program,
# versions of libraries, seed. The same question finds it again. `model.load` opens a run by its
# folder, its name or the start of its name.

# %%
print(estimate.manifest["read"])
print(model.load(estimate.folder.name[:-2]))
sizes = {file.name: file.stat().st_size / 1024 for file in estimate.folder.glob("*.*")}
pd.Series(sizes, name="kB").sort_index().round(1).to_frame()

# %% [markdown]
# `summary.json` holds everything for machines, the tables are quantiles by month, `posterior.nc`
# holds the draws, and `manifest.json` says how they came about; a folder `inputs` beside them has the
# inputs as they were read.
#
# ## The posterior in ArviZ and xarray
#
# `estimate.posterior` is what ArviZ reads: groups of labelled arrays, the quantities under
# `posterior` and the yearly amounts under `revenue`. `arviz.from_netcdf` on `posterior.nc` gives
# the same.

# %%
chosen = ["payment", "utilisation", "broker_margin", "plan", "plan_fulfilment"]
table = arviz.summary(estimate.posterior, var_names=chosen, ci_prob=0.9)
table.drop(columns=["mcse_mean", "mcse_sd"])

# %% [markdown]
# Payment is in rubles a month and the plan in dollars a month; the others are fractions or
# multiples. `estimate.quantities` has every quantity with its unit, prior and posterior, and with
# what the prior rests on.
#
# Quantities and amounts share the dimensions `chain` and `draw`, so that xarray sets them against
# each other:

# %%
quantities = estimate.posterior["posterior"]
take = estimate.posterior["revenue"]["yearly_usd"].sel(
    scenario="baseline", definition="state_take", year=estimate.year
)
tied = {name: float(xarray.corr(quantities[name], take)) for name in chosen}
pd.Series(tied).round(2).to_frame(f"correlation with the state take of {estimate.year}")

# %% [markdown]
# In the accounts the state take of a worker-month *is* the plan times its fulfilment, so those two
# have to matter. Payment and brokers matter by detours only: the accounts must balance, and some
# reports state the state's part as a share. The notebook on the model takes the balance apart.
#
# ## Exercises
#
# 1. Write `"wedge"` for `"state_take"` in the cell of six lines, look at the table by year, and
#    compare its row of 2017 with the press's figure. (The figure drawn stays the headline's.)
# 2. What is the probability that the state took more than 150 million dollars in 2016? And in at
#    least one of the years 2015 to 2017? (`numpy.maximum` of arrays, draw by draw. Why is it not
#    the sum of three probabilities?)
# 3. Show `estimate.held_out[["observed", "unit", "q50", "q05", "q95"]]`: published figures that were
#    never fitted. Which of them lie inside the model's interval?
# 4. Ask `model.fit(seed=1)` and compare the two sentences: do median and ends move by more than the
#    digits shown?
