# %% [markdown]
# # Evidence: claims, hedges, grades, echoes
#
# The estimate is based not on numbers but on claims: a figure, a hedge ("about", "at least"), the
# thing counted, a window of months, and a speaker. You will learn how the program reads them: what
# each hedge implies about the truth, how a grade changes this, why a figure quoted twice counts
# once, how the program learns that a grade was too proud, what the posterior predicts for each row,
# and what the answer would be without one source.
#
# It takes about a minute: the case is fitted once, once in a single reading, and twice more without
# some evidence.
#
# ## The claims
#
# `evidence.csv` has one row per claim, and `case.evidence` is that table. The `role` of a row is
# `fit`, `holdout` (a published total, compared with the answer and not fitted) or `context` (kept,
# not used). The table shows the claims from one article, in the Wall Street Journal of August 2018:
# five different things, each for its own months and with its own hedge. Every row has a note that
# quotes it and gives the reasons for its grade; judgements are marked as such.

# %%
import textwrap

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import model

estimate = model.fit()
assert estimate.converged
case = estimate.case

claims = case.evidence.set_index("id")
claims["grade"] = claims["reliability"] + claims["credibility"].astype(str)
between = claims["low"].map("{:,.0f}".format) + " to " + claims["high"].map("{:,.0f}".format)
claims["figure"] = claims["value"].map("{:,g}".format).where(claims["value"].notna(), between)
print("Rows by role:", claims["role"].value_counts().to_dict())
print(textwrap.fill(f"Note of wsj-workers: {claims.loc['wsj-workers', 'note']}", 96))

article = claims[(claims["source"] == "wsj-2018-08-02") & (claims["role"] == "fit")]
article[["quantity", "start", "end", "qualifier", "figure", "unit", "grade"]]

# %% [markdown]
# ## What a grade is
#
# The letter grades the source (A to F), the digit the claim (1 to 6), as in the Admiralty code.
# Each implies an error on the log scale, and the two add in quadrature. The table gives the error
# as a factor: with grade B2, an exact figure is within this factor of the truth, up or down, with
# 90% probability.
#
# These numbers are a judgement and an input (`reading.toml`). F and 6 mean "cannot be judged",
# which is not the worst grade: F is between D and E, and 6 is between 4 and 5. The table itself may
# be wrong, so the program lets the evidence correct it: see *Errors that learn* below.
#
# ## What a hedge implies
#
# `model.hedge` computes the likelihood of a single figure: how likely *this* figure is to be
# printed with *this* hedge, for each size of the truth. Here are nine hedges of one figure, 700,
# at one grade:

# %%
reading = case.reading
errors = {
    digit: {letter: np.hypot(a, b) for letter, a in reading.reliability.items()}
    for digit, b in reading.credibility.items()
}
factors = np.exp(1.645 * pd.DataFrame(errors)).round(2)
factors.rename_axis(index="source", columns="claim")

# %%
hedges = ["exact", "about", "nearly", "almost", "at_least", "more_than", "incomplete"]
hedges += ["up_to", "as_much_as"]
figure, panels = plt.subplots(3, 3, figsize=(9, 5.4), sharey=True, layout="constrained")
for axes, hedge in zip(panels.flat, hedges, strict=True):
    likelihood = model.hedge(hedge, 700, "B2")
    axes.fill_between(likelihood.index, likelihood, alpha=0.4)
    axes.axvline(700, color="black", linewidth=0.8)
    axes.set(title=hedge.replace("_", " ") + " 700", xscale="log", xlim=(250, 2000), yticks=[])
    axes.set_xticks([350, 700, 1400], ["350", "700", "1,400"])
    axes.set_xticks([], minor=True)
figure.supxlabel("size of the truth (log scale)")
_ = figure.supylabel("relative likelihood")

# %% [markdown]
# "About" is wider than "exact" by the rounding of the figure. "At least" is a floor: the truth is
# probably higher, but not without limit, and it may lie a little below, since the source may be
# wrong. "More than" is used nearer to the figure than "at least". "Incomplete" is our word for a count
# that is known to miss a part of unknown size: the truth may be several times the figure. The
# press's "as much as" is the loosest ceiling; "nearly" and "almost" are read alike. The length of
# these tails is a judgement in `reading.toml`, the same for every row. A good source gives a sharp
# edge, a poor one blurs it (an exercise below).
#
# ## The echo
#
# Rows that come from one place share an `origin`, and with it an error: if the register is wrong,
# everyone who quotes it is wrong. Rows of one origin that state *the same thing* are one statement
# printed twice and together count as one. An example is Russia's report to the United Nations:

# %%
echo = claims[(claims["origin"] == "un1718-midterm") & (claims["role"] == "fit")]
own = estimate.evidence.loc[echo.index, "error"].min()
shared = np.sqrt(reading.echo_shared) * own
print(f"The best row has a log error of {own:.3f}, of which {shared:.3f} is the origin's:")
print(f"{reading.echo_shared:.0%} of the variance, which stays however many rows there are.")
shown = echo[["quantity", "start", "qualifier", "figure", "source", "grade"]]
shown.join(estimate.evidence[["error", "weight"]].round(3)).sort_values(["start", "weight"])

# %% [markdown]
# `error` is the standard deviation of the log error, which follows from grade and rounding. The two
# rows for December 2018 share a weight of one, and the more precise row has the larger part; the
# row for December 2017 states something else and keeps its own weight.
#
# How much is shared? `reading.toml` gives the shared part of the error variance, taken at the size
# of the best row of the origin. Adding rows of one origin therefore cannot average it away.
#
# An origin may have two sides. The ambassador said that the state takes 50-60% *and* that workers
# keep 40-50%: one statement about two shares of one whole, so that where one share is too high the
# other is too low. The rows name the origin with `/same` and `/opposite` (`matsegora-shares`), and
# share the error with opposite signs.
#
# ## Errors that learn
#
# Suppose that all your B sources are worse than you think. Then their figures lie further from each
# other, and from all else, than the grade allows. So the error of each letter is multiplied by an
# unknown factor around one, and its posterior says how much the sources of a letter err, as a
# multiple of what the table says.
#
# A single figure may also be off for a reason that no grade foresees: another definition, another
# year, a slip of the pen. A row's density is therefore a mixture: mostly as graded, sometimes with
# more error. How likely is it that each row is off? We look at the reading of the case in which every row is fitted
# (the others leave out some; the quickstart shows them):

# %%
together = model.fit(reading={"reconciled": 1})
assert together.converged
errors = together.summary["errors"]
factors = pd.DataFrame(errors["letters"]).loc[["q50", "q05", "q95"]].T
factors.loc["any letter, before"] = np.exp(np.array([0, -1.645, 1.645]) * reading.letter_sd)
print(factors.round(2).rename_axis("factor on the errors of"))

off = pd.Series(errors["off"], name="probability").sort_values(ascending=False)
print(f"\nProbability of being off, before anything is fitted: {reading.off_share:.2f}; after:")
stated = ["quantity", "start", "end", "qualifier", "figure", "grade"]
off.head(6).round(2).to_frame().join(claims[stated])

# %% [markdown]
# A factor below one means that sources of that letter agree better than their grades promised. A
# factor whose interval is nearly as wide as before was taught little.
#
# A row that fits badly loses influence instead of dragging the answer along. It is not proved wrong:
# the model may be wrong: as long as it held arrivals constant within a phase, the third quarter of 2019,
# which has fewer registrations than its neighbours, was off with a probability of 0.84.
#
# ## What the posterior predicts for each row
#
# For each row, the model predicts what would be printed if the posterior were the truth, with the
# row's hedge and grade. *Surprise* is the share of predictions nearer to their centre than the
# figure; a value near one means that the figure is out of range. (For a range, `observed` is the
# geometric middle.) In the figures, bars are predictive intervals, dots the figures printed, as
# multiples of the predicted median. A long bar is a row of low grade, a floor or ceiling, or a quantity
# about which little is known, so the row is not expected to be precise.

# %%
for part in range(2):
    axes = model.plot("evidence", estimate, part=part)
surprising = estimate.evidence.sort_values("surprise", ascending=False).head(6)
surprising[["qualifier", "grade", "observed", "median", "5%", "95%", "unit", "surprise"]].round(2)

# %% [markdown]
# Among so many rows, some lie far out by chance. If the predictions had not seen the rows, about one
# in ten would have a surprise above 0.9. There are fewer, since each row informed its own prediction
# and the errors have learnt to be as wide as the rows need. `estimate.check()` has a stricter test,
# `conflict`, which compares each row with all others.
#
# ## Totals held out
#
# Published totals were not fitted. Beside each is the model's estimate for the same months, under
# the definition that the total claims:

# %%
axes = model.plot("totals", estimate)

# %% [markdown]
# For totals about Russia, check whether the ranges overlap. For totals about the whole world, the
# model's bar covers only the Russian part: it should lie to the left, and does not show what the
# rest is. One total, the UN Panel's 20.4 million, lies left of most of the bar, but it counts
# only IT workers; such details are in the notes in `claims`.
#
# What if one of them is right? `model.fit(believe=[...])` takes a held-out total as evidence, and
# says what else must then be true (an exercise below).
#
# ## Without one source
#
# Few outlets report the plan, which is what each worker must hand over. We drop Daily NK's report of
# it and, separately, the press's figure of 24,000 workers.

# %%
without_report = model.fit(drop_source=["dailynk-contributions"])
without_24000 = model.fit(drop_row=["wsj-workers"])
assert without_report.converged
assert without_24000.converged

compared = {
    "all evidence": estimate,
    "without Daily NK's report": without_report,
    "without the press's 24,000": without_24000,
}
table = model.compare(compared, unit="million")[["median", "5%", "95%", "sd"]]
moved = (table["median"] - table.loc["all evidence", "median"]) / table.loc["all evidence", "sd"]
for name, deviations in moved.iloc[1:].items():
    print(f"{name}: the median moves by {deviations:+.2f} standard deviations.")
table.round(1).rename_axis(columns=f"state take of {estimate.year}, USD million")

# %% [markdown]
# Dropping a row that much other evidence contradicts (grade B5, beside Russia's own count) leaves
# next to no trace. Dropping Daily NK's report lowers the median by a small part of its
# standard deviation. The readings show where it mattered:

# %%
pd.DataFrame(
    {
        name: {
            reading: block["scenarios"]["baseline"]["annual"]["2017"]["state_take"]["usd"]["q50"]
            for reading, block in one.summary["readings"].items()
        }
        for name, one in compared.items()
    }
).div(1e6).round().astype(int).rename_axis("median of 2017, USD million")

# %% [markdown]
# The two readings in which the state takes a share never used the report, so that their medians
# differ by Monte Carlo error only. The other two lose a part of what they know of the plan.
#
# ## Exercises
#
# 1. Plot `model.hedge("at_least", 700, grade)` for the grades A1, B2 and D4, then `"up_to"`. On which
#    side is the edge now, and where does the curve of the poor grade peak?
# 2. Show the rows of the origin `"mvd-24000"`. Both print 24,000; why does each keep a weight of one?
#    (Look at `quantity`.)
# 3. Count the press's 24,000 twenty times with `model.fit(weight={"wsj-workers": 20})`, and look at
#    `converged`. A weight multiplies a row's log likelihood; it is not a better grade. Why may chains
#    now disagree about which rows are off?
# 4. Run `model.fit(believe=["b01-state-department"])` and read `summary["answered_by"]["believed"]`:
#    the quantities that move most, with their medians before and after. What would have to be true?
# 5. Drop the Wall Street Journal, the source of the press's arithmetic:
#    `model.fit(drop_source=["wsj-2018-08-02"])`. Look at `converged` before the numbers.
