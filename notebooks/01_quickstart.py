# %% [markdown]
# # Quickstart: from a folder of claims to a posterior
#
# North Korea sends workers abroad and takes most of what they earn. Only a handful of hedged
# numbers have been published, which the press multiplies. You will learn to obtain the program's
# own answer for Russia in six lines, and to read it carefully: whether it may be used at all, what
# it states for each year under each of five meanings of "revenue", what it would be under each rival
# reading of the evidence, how it compares with the press's figure, and where everything is stored.
#
# It takes less than half a minute, and a few seconds the second time.
#
# ## Six lines
#
# Two libraries are for looking at results; the program itself needs only one name. `model.fit()` estimates the case that comes with the
# program, or reads the answer from the archive if it was already estimated. The program sets the
# seed of the draws, so the same machine gives the same numbers each time.

# %%
import arviz
import pandas as pd

import model

estimate = model.fit()
assert estimate.converged
by_year = estimate.revenue("state_take", unit="million")
axes = model.plot("headline", estimate)
print(estimate)

# %% [markdown]
# The sentence gives the median and, in brackets, the interval that contains the truth with a
# probability of 90%, *if the model, its priors and its rival readings are right*. The figure shows
# the same in fifty equally likely dots, so probabilities can be read by counting dots. The lower of
# the two lines is the part collected under the plan; the upper one adds what the sender's own firms
# retain. The dashed line is the result of the press's arithmetic, discussed below.
#
# ## May these numbers be used?
#
# Four chains draw from the posterior. They pass if they agree (R-hat at most 1.01), if there are
# enough effective draws (at least 400, in the bulk and in the tails), and if no draw diverged.
# Each rival reading (below) has four chains of its own, and all must pass. `estimate.converged` is
# that verdict; `convergence` has the worst value of each diagnostic.
#
# This shows that the chains found the posterior, not that the posterior is right. An estimate that
# fails states this in its sentence; `assert estimate.converged` stops a notebook from continuing
# with it.
#
# ## By year
#
# Tables are in dollars, or in another unit that you name. `5%` and `95%` are the ends of the 90%
# interval.

# %%
worst = {name: value for name, value in estimate.convergence.items() if name != "worst"}
print("Worst of all:", pd.Series(worst).round(3).to_dict())

ENDS = ["median", "5%", "95%"]

years = by_year[ENDS].round().astype(int)
years.rename_axis(columns="state take, USD million")

# %% [markdown]
# Read along a row, not down a column: medians of two years must not be subtracted as if they were
# known. The draws, further down, show whether one year lies below another.
#
# ## Five meanings of "revenue"
#
# Published totals disagree partly because they mean different things, so all five are computed:
#
# | name | what it is |
# |---|---|
# | `billings` | all that contractors pay for the workers |
# | `wedge` | billings less the declared salary: what the press computes |
# | `surplus` | what state, firms, managers and brokers have together: billings less taxes, permits, upkeep and what the workers keep |
# | `state_take` | what reaches the state and its enterprises: the headline |
# | `plan_collected` | what workers hand over under the plan, the larger part of the state take |
#
# In the figure, each panel is one definition; the thick bar contains half of the probability, the
# thin one 90%, and the number is the median. `estimate.revenue()` has all of this as a table.

# %%
axes = model.plot("ladder", estimate)

# %% [markdown]
# Every panel is wide because little is published about brokers, idle months and prices outside St
# Petersburg, and nothing about how much of what is left with firms belongs to the state's own. The
# program's own checks show how much of each answer is judgement (`docs/trust.md`).
#
# ## Rival readings
#
# Some sources say that the state claims a fixed plan, others that it takes a share of what crews
# earn. No row settles which, so the program fits each reading of the evidence and mixes their draws
# by weight. The weights are a judgement, and `summary["readings"]` has each reading's own answer:

# %%
readings = estimate.summary["readings"]
table = pd.DataFrame(
    {
        name: block["scenarios"]["baseline"]["annual"][str(estimate.year)]["state_take"]["usd"]
        for name, block in readings.items()
    }
).T
names = dict(zip(["q50", "q05", "q95"], ENDS, strict=True))
table = (table[list(names)] / 1e6).rename(columns=names).round().astype(int)
table.insert(0, "weight", [f"{block['weight']:.0%}" for block in readings.values()])
table.loc["all together"] = ["100%", *years.loc[estimate.year]]
for name, block in readings.items():
    print(f"{name}: {block['title']}.")
table.rename_axis(columns=f"state take of {estimate.year}, USD million")

# %% [markdown]
# If you believe only one of them, say so: `model.fit(reading={"plan": 1})` gives that reading all
# the weight.
#
# ## The press's arithmetic
#
# The press multiplies workers by payment less declared salary and by twelve months, and converts
# the result into dollars at the rate implied by its own two figures for the payment. The case names
# the four claims. The declared salary was printed as a range; we take its middle, as the program
# does.

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
# ## Other questions
#
# `estimate.draws()` has the amounts of each draw from the posterior, by year. The probability
# of a statement is the share of draws for which it holds. What is the chance that each definition
# gives more than the press's figure? Counted here, and as stored in the run:

# %%
definitions = ["billings", "wedge", "surplus", "state_take", "plan_collected"]
year = str(estimate.year)
counted = {
    name: float((estimate.draws(name).sel(period=year) > press["usd"]).mean())
    for name in definitions
}
above = pd.DataFrame({"counted here": counted, "in summary.json": press["probability_above"]})
above.round(2).rename_axis(columns="probability of more")

# %% [markdown]
# So the press's figure is a possible *wedge*, if a high one, and an implausible *state take*. The
# multiplication is not absurd, but it measures something else. (A probability of zero means "less than
# one in a few hundred", not "impossible": correlated draws cannot resolve smaller ones.)
#
# The draws of one estimate match position by position, so two years may be compared draw by draw
# although their intervals overlap:

# %%
by_draw = estimate.draws("state_take")
take = {year: by_draw.sel(period=str(year)) for year in (2016, 2017, 2018)}
grew = float((take[2017] > take[2016]).mean())
fell = float((take[2018] < take[2017]).mean())
print(f"Probability that the state took more in 2017 than in 2016: {grew:.2f}")
print(f"Probability that the state took less in 2018 than in 2017: {fell:.2f}")

# %% [markdown]
# ## Where it is stored
#
# Each answer is a folder named by the hash of everything that could change its numbers: inputs,
# program, library versions and seed. The same request finds it again. `model.load` opens a run by
# its folder, its name or the start of its name.

# %%
print(estimate.manifest["read"])
print(model.load(estimate.folder.name[:-2]))
sizes = {file.name: file.stat().st_size / 1024 for file in estimate.folder.glob("*.*")}
pd.Series(sizes, name="kB").sort_index().round(1).to_frame()

# %% [markdown]
# `summary.json` has everything in machine-readable form, the tables are quantiles by month,
# `posterior.nc` has the draws, and `manifest.json` records how they were obtained. The folder
# `inputs` beside them has the inputs as read.
#
# ## The posterior in ArviZ and xarray
#
# `estimate.posterior` is what ArviZ reads: groups of labelled arrays, the quantities under
# `posterior` and the yearly amounts under `revenue`. `arviz.from_netcdf` on `posterior.nc` gives
# the same.

# %%
chosen = ["payment", "utilisation", "broker_margin", "plan", "levies", "own_firms"]
table = arviz.summary(estimate.posterior, var_names=chosen, ci_prob=0.9)
table[["mean", "sd", "eti90_lb", "eti90_ub"]]

# %% [markdown]
# Payment is in rubles a month and the plan in dollars a month; the others are fractions or
# multiples. ArviZ also offers R-hat and effective draws, but not for this: a mixture keeps the draws
# of one reading next to each other, so chains are judged before they are mixed, as above.
# `estimate.quantities` has every quantity with its unit, prior, posterior and the basis of the
# prior. Quantities and amounts share the dimensions `chain` and `draw`, so `xarray.corr` can relate
# them. The notebook on the model does the accounts that tie them, by hand.
#
# ## Exercises
#
# 1. Write `"wedge"` instead of `"state_take"` in the cell of six lines, look at the table by year,
#    and compare its row for 2017 with the press's figure. (The figure still shows the headline.)
# 2. What is the probability that the state took more than 150 million dollars in 2016? And in at
#    least one of the years 2015 to 2017? (Use `numpy.maximum` on arrays, draw by draw. Why is it
#    not the sum of three probabilities?)
# 3. Show `estimate.held_out[["observed", "unit", "median", "5%", "95%"]]`: published figures that
#    were not fitted. Which of them lie inside the model's interval?
# 4. Run `model.fit(seed=1, draws=2000)` and compare the two sentences: do the median and the ends
#    move by more than the digits shown?
# 5. Run `model.fit(reading={"plan": 1})`. Is its interval wider or narrower than that of all
#    readings together, and why might a single reading be the wider one?
