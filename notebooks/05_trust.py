# %% [markdown]
# # Does it tell the truth?
#
# You will learn to question an estimate systematically: what nine checks of a fit show and how to
# read their tables, how to see whether priors or evidence determine an answer, and how simulated
# cases with known answers show whether intervals have the stated coverage. The example is a small
# invented case that takes seconds; the same calls work on any case.

# %%
import tempfile
from pathlib import Path

import pandas as pd

import model

pd.options.display.float_format = "{:,.2f}".format
pd.options.display.max_colwidth = 200
MILLION = 1e6

# %% [markdown]
# The case is a scaffold: the country, its figures and its sources are invented. Never quote its
# numbers.

# %%
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
# rests on judgement. Every table explains how to read it:

# %%
print(checks["conflict"].reading)

# %% [markdown]
# ## Do sources contradict each other?
#
# `direct` is the estimate from one row, `indirect` the estimate of the same quantity from all
# others. The interval of their ratio should contain one.

# %%
conflict = checks["conflict"].table.query("kind == 'row'").set_index("row")
conflict[["unit", "direct_q50", "indirect_q50", "difference_q05", "difference_q95", "p_row"]]

# %%
_ = model.plot("conflicts", estimate)

# %% [markdown]
# ## Does the answer depend on one source?
#
# The headline is estimated again without each source and each origin. A good synthesis moves a
# little without each of them and collapses without none.

# %%
without = checks["leave_one_out"].table.drop_duplicates("rows").set_index("group")
without[["q50", "q05", "q95"]].div(MILLION).assign(shift=without["shift"])

# %%
_ = model.plot("leave_one_out", estimate)

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

# %%
held_out = checks["held_out"].table.set_index("row")
columns = ["q50", "q05", "q95", "p", "believed_q50", "believed_q05", "believed_q95"]
held_out[columns].assign(**held_out[columns[-3:]] / MILLION)

# %% [markdown]
# ## Cases with known answers
#
# The strongest test reverses the model: draw a truth from the priors, generate figures from it
# through the same hedges and grades, fit them, and see whether the interval contains the truth.
# Over many cases, a 90% interval must contain it nine times in ten. Twenty cases are enough to see
# how this works but too few to judge; a study needs hundreds (`python -m model.calibration`).

# %%
studies = {one.name: one for one in model.calibrate(folder, replicates=20, slips=4)}
for one in studies.values():
    print(f"{one.name}: {one.sentence}\n")

# %%
ranks = studies["calibration"].table.set_index("quantity")
ranks[["held_50", "held_80", "held_90", "held_95", "p"]].tail(8)

# %% [markdown]
# The curves are the distributions of the rank of the truth among the draws, less the expected one.
# If intervals were too narrow, the curves would rise and fall like a wave beyond the band.

# %%
_ = model.plot("calibration", estimate)

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
# 1. Open `evidence.csv` in `folder`, make the figure of `payment-builders` ten times larger, and
#    fit and check again. Which check finds the slip, and what does `conflict` show for the other
#    rows?
# 2. Make all grades of one source A1. Does the answer move, and does it depend on that source now?
# 3. Double the width of the prior of `plan` with `model.fit(folder, prior={"plan": (300, 2500)})`
#    and look at `model.plot("sensitivity", ...)` for that estimate after `check()`.
# 4. Run `model.calibrate(folder, replicates=200)`: the twenty cases are read from disk and 180 are
#    added. Does any quantity leave the band?
