# %% [markdown]
# # Does it tell the truth?
#
# You will learn to question an estimate systematically: what nine checks of a fit show and how to
# read their tables, how to see whether priors or evidence determine an answer, what the fit itself
# does with a figure that is wrong, what must be true if a published total is right, and how simulated
# cases with known answers show whether intervals have the stated coverage. The example is a small
# invented case that takes about a minute; the same calls work on any case.
#
# The case is a scaffold: the country, its figures and its sources are invented. Never quote its
# numbers.

# %%
import tempfile
from pathlib import Path

import pandas as pd

import model

pd.options.display.float_format = "{:,.2f}".format
pd.options.display.max_colwidth = 200
MILLION = 1e6

folder = model.new_case(Path(tempfile.mkdtemp()) / "exampland")
estimate = model.fit(folder)
assert estimate.converged
estimate

# %% [markdown]
# ## Nine checks
#
# `check` runs nine checks on a fit. Each result is an object with a verdict, a sentence and a
# table. Results are saved with the run, so repeating a check costs nothing. Some checks refit the
# case without one row, or with other priors.

# %%
checks = {one.name: one for one in estimate.check()}
pd.DataFrame(
    {name: {"verdict": one.verdict, "what was found": one.sentence} for name, one in checks.items()}
).T

# %% [markdown]
# A failed check is not an arithmetic error. It shows where sources disagree, or where an answer
# rests on judgement. In a case with rival readings, checks that refit do so in the reading in which
# the most rows count, and their sentences say so.
#
# The second check, `priors_together`, fits the case without any row. If a quantity then differed from
# its prior, something other than evidence would have moved it: an equation that must balance, for
# example. Here the accounts are an identity with a residual, so the check passes, whatever the priors.
#
# Every table explains how to read it (`checks["conflict"].reading`).
#
# ## Do sources contradict each other?
#
# `direct` is the estimate from one row, `indirect` the estimate of the same quantity from all
# others. The interval of their ratio should contain one.

# %%
_ = model.plot("conflicts", estimate)
conflict = checks["conflict"].table.query("kind == 'row'").set_index("row")
conflict[["unit", "direct_q50", "indirect_q50", "difference_q05", "difference_q95", "p_row"]]

# %% [markdown]
# ## What does the fit do with a wrong figure?
#
# We make the figure of `payment-builders` ten times larger, as if a zero had slipped in, and fit
# again. The errors of the rows learn: each letter's errors have a factor, and each row has a
# probability of being off for a reason that its grade does not foresee.

# %%
evidence = folder / "evidence.csv"
good = evidence.read_text(encoding="utf-8")
slipped = good.replace(",2300,,EUR/month", ",23000,,EUR/month", 1)
assert slipped != good
evidence.write_text(slipped, encoding="utf-8")
with_slip = model.fit(folder)
assert with_slip.converged
_ = evidence.write_text(good, encoding="utf-8")

both = {"as it was": estimate, "with the slip": with_slip}
print(f"Probability of being off, before any row: {estimate.case.reading.off_share:.2f}")
print(pd.DataFrame({name: one.summary["errors"]["off"] for name, one in both.items()}))
model.compare(both, unit="million")[["median", "5%", "95%"]]

# %% [markdown]
# The slip is found, and the other rows are not blamed for it. But it is not harmless: the answer is
# higher and its interval more than twice as wide. A row that is off still says something, because the
# case supposes that figures are off by a factor of about two, seldom of ten (`off_by` in
# `reading.toml`). So look at the list and correct the figure.
#
# ## Does the answer depend on one source?
#
# The headline is estimated again without each source and each origin. A good synthesis moves a
# little without each of them and collapses without none.

# %%
_ = model.plot("leave_one_out", estimate)
without = checks["leave_one_out"].table.drop_duplicates("rows").set_index("group")
without[["q50", "q05", "q95"]].div(MILLION).assign(shift=without["shift"])

# %% [markdown]
# ## Priors or evidence?
#
# The left panel shows how far each definition moves after a small perturbation of the priors or of
# the evidence. The right panel shows the same fit with priors half and twice as wide. Ideally,
# evidence matters and priors do not.

# %%
_ = model.plot("sensitivity", estimate)

# %% [markdown]
# ## What would have been published?
#
# The totals were held out. Each is compared with the model's estimate *under the definition that it
# claims*, and the last columns give the answer if it were believed.
#
# A held-out total may be taken as evidence, to see what else would then have to be true. The run names
# the quantities that move most, with their medians before and after (printed first).

# %%
believed = model.fit(folder, believe=["state-take-2017"])
assert believed.converged
print(believed)
print(pd.DataFrame(believed.summary["answered_by"]["believed"]["moves"]))

held_out = checks["held_out"].table.set_index("row")
columns = ["q50", "q05", "q95", "p", "believed_q50", "believed_q05", "believed_q95"]
held_out[columns].assign(**held_out[columns[-3:]] / MILLION)

# %% [markdown]
# Here next to nothing has to change: the total agrees with the rows.
#
# ## Cases with known answers
#
# The strongest test reverses the model: draw a truth from the priors, generate figures from it
# through the same hedges and grades, fit them, and see whether the interval contains the truth.
# Over many cases, a 90% interval must contain it nine times in ten. Twenty cases are enough to see
# how this works but too few to judge; a study needs hundreds (`python -m model.calibration`).
#
# The curves are the distributions of the rank of the truth among the draws, less the expected one.
# If intervals were too narrow, the curves would rise and fall like a wave beyond the band.

# %%
studies = {one.name: one for one in model.calibrate(folder, replicates=20, slips=4)}
for one in studies.values():
    print(f"{one.name}: {one.sentence}\n")

_ = model.plot("calibration", estimate)
ranks = studies["calibration"].table.set_index("quantity")
ranks[["held_50", "held_80", "held_90", "held_95", "p"]].tail(8)

# %% [markdown]
# ## Repetition adds nothing
#
# Ten copies of one statement must count as one, and ten statements of one origin as little more.
# Only independent sources sharpen the answer. Dots are fits by this program; lines are theory.

# %%
_ = model.plot("echo", estimate)

# %% [markdown]
# ## Exercises
#
# 1. Run `with_slip.check()`. Which checks find the slip, and what does `conflict` show for the other
#    rows?
# 2. Make all grades of one source A1. Does the answer move, and does it depend on that source now?
# 3. Double the width of the prior of `plan` with `model.fit(folder, prior={"plan": (300, 2500)})`
#    and look at `model.plot("sensitivity", ...)` for that estimate after `check()`.
# 4. Run `model.calibrate(folder, replicates=200)`: the twenty cases are read from disk and 180 are
#    added. Does any quantity leave the band?
