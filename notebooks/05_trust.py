# %% [markdown]
# # Does it tell the truth?
#
# You will learn to doubt an estimate in an orderly way: what seven checks of a fit say and how to read
# their tables, how to see whether priors or evidence decide an answer, and how simulated cases with
# known answers show whether the intervals keep their promise. It is done on a small invented case, so
# that it takes seconds; the same calls work on any case.

# %%
import tempfile
from pathlib import Path

import pandas as pd

import model

pd.options.display.float_format = "{:,.2f}".format
pd.options.display.max_colwidth = 200
MILLION = 1e6

# %% [markdown]
# The case is a scaffold: a country, its figures and its sources are invented. Never quote its numbers.

# %%
folder = model.new_case(Path(tempfile.mkdtemp()) / "exampland")
estimate = model.fit(folder)
assert estimate.converged
estimate

# %% [markdown]
# ## Seven checks
#
# `check` puts seven questions to the fit. Each comes back as an object with a verdict, a sentence and a
# table; they are kept with the run, so that asking again costs nothing. Some of them fit the case again
# without one row, or with other priors.

# %%
checks = {one.name: one for one in estimate.check()}
pd.DataFrame(
    {name: {"verdict": one.verdict, "what was found": one.sentence} for name, one in checks.items()}
).T

# %% [markdown]
# A check that fails is no fault of arithmetic. It tells where sources pull apart, or where an answer is
# judgement. Every table says itself how it is read:

# %%
print(checks["conflict"].reading)

# %% [markdown]
# ## Do sources contradict each other?
#
# `direct` is what a row says by itself, `indirect` what all others say of the same thing. Their ratio
# should hold one.

# %%
conflict = checks["conflict"].table.query("kind == 'row'").set_index("row")
conflict[["unit", "direct_q50", "indirect_q50", "difference_q05", "difference_q95", "p_row"]]

# %%
_ = model.plot("conflicts", estimate)

# %% [markdown]
# ## Does the answer hang on one source?
#
# The headline again without each source and each origin. A good synthesis moves a little with
# each and collapses with none.

# %%
without = checks["leave_one_out"].table.drop_duplicates("rows").set_index("group")
without[["q50", "q05", "q95"]].div(MILLION).assign(shift=without["shift"])

# %%
_ = model.plot("leave_one_out", estimate)

# %% [markdown]
# ## Priors or evidence?
#
# Left: a nudge to the priors, or to the evidence, and how far each definition moves. Right: the same fit
# with priors half and twice as wide. Evidence that matters where the priors do not is as it should be.

# %%
_ = model.plot("sensitivity", estimate)

# %% [markdown]
# ## What would have been published?
#
# The totals were held out. Each is set beside what the model says *under the definition that it claims*,
# and the last columns say what the answer would be if it were believed.

# %%
held_out = checks["held_out"].table.set_index("row")
columns = ["q50", "q05", "q95", "p", "believed_q50", "believed_q05", "believed_q95"]
held_out[columns].assign(**held_out[columns[-3:]] / MILLION)

# %% [markdown]
# ## Cases with known answers
#
# The strongest test turns the model round: draw a truth from the priors, print figures of it through the
# same hedges and grades, fit them, and see whether the interval holds the truth. Done often, a 90%
# interval must hold it nine times in ten. Twenty cases are enough to see how it works and too few to
# judge; a study takes hundreds (`python -m model.calibration`).

# %%
studies = {one.name: one for one in model.calibrate(folder, replicates=20, slips=4)}
for one in studies.values():
    print(f"{one.name}: {one.sentence}\n")

# %%
ranks = studies["calibration"].table.set_index("quantity")
ranks[["held_50", "held_80", "held_90", "held_95", "p"]].tail(8)

# %% [markdown]
# The curves are the ranks of the truth among the draws, less what they should be. If intervals were too
# narrow they would rise and fall like a wave beyond the band.

# %%
_ = model.plot("calibration", estimate)

# %% [markdown]
# ## Saying it again teaches nothing
#
# Ten copies of one statement must weigh as one; ten statements of one origin little more. Only
# independent sources sharpen the answer. Dots are fits of this program, lines are theory.

# %%
_ = model.plot("echo", estimate)

# %% [markdown]
# ## Exercises
#
# 1. Open `evidence.csv` in `folder`, make the figure of `payment-builders` ten times larger, and fit and
#    check again. Which check finds the slip, and what does `conflict` say of the other rows?
# 2. Make all grades of one source A1. Does the answer move, and does it hang on that source now?
# 3. Double the width of the prior of `plan` with `model.fit(folder, prior={"plan": (300, 2500)})` and look
#    at `model.plot("sensitivity", ...)` of that estimate after `check()`.
# 4. Ask `model.calibrate(folder, replicates=200)`: the twenty cases are read from disk and 180 are added.
#    Does any quantity leave the band?
