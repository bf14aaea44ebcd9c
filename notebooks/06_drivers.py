# %% [markdown]
# # What drives the answer, and what to find out next
#
# You will learn which quantities make the state take so uncertain, why there is more than one
# honest answer to that question, and how to put a price, in millions of dollars of interval, on
# knowing something or on finding one more source. Nothing is fitted for it: everything comes from
# the draws of one estimate. It takes less than half a minute.

# %%
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import model

pd.options.display.float_format = "{:,.2f}".format
MILLION = 1e6

# %%
estimate = model.fit()
assert estimate.converged
estimate

# %% [markdown]
# ## Which part of the uncertainty is whose?
#
# The basic quantities fall into groups: how many workers there are, what contractors pay for them,
# what all others take out of that, and what the state assigns and gets of it. `drivers` computes
# each one's shares of the variance of the headline, and keeps them with the run.

# %%
found = estimate.drivers()
found.groups.drop(columns="quantities")

# %% [markdown]
# The columns are three shares, and they differ because the quantities are tied to each
# other by the evidence and by the accounts, which must balance:
#
# - `first_order`: what knowing the group *and nothing else* would take away;
# - `total`: what is left to it *once everything else is known*;
# - `share`: its part when all parts have to add up (the Shapley effect: what it adds, averaged over
#   all orders in which quantities could become known).
#
# A group with a first-order share and no total one is a witness, not a cause: the accounts let it
# tell about the state take, but it changes nothing once the causes themselves are known.

# %%
_ = model.plot("drivers", estimate)
# %% [markdown]
# The same by quantity, with the error that the number of draws leaves.

# %%
columns = ["group", "share", "share_error", "first_order", "total"]
found.quantities[columns].head(10)

# %% [markdown]
# How much of the variance do all quantities together explain? The shares come from a regression on
# polynomials of the quantities and their products; what it cannot explain is nobody's.

# %%
print(f"explained: {found.explained:.1%}, by polynomials of degree {found.degree}")

# %% [markdown]
# ## A first-order share by hand
#
# It needs no library. Cut the draws into twenty bins of one quantity; the variance of the bins' means,
# over the whole variance, is what knowing that quantity would explain. (Twenty bins of chance alone
# would explain a little too: 19 parts in the number of draws.)

# %%
take = estimate.draws() / MILLION
first = found.quantities.index[0]
bins = pd.qcut(estimate.quantity(first), 20, labels=False)
means = pd.Series(take).groupby(bins).mean()
by_hand, by_regression = means.var(ddof=0) / take.var(), found.quantities.first_order.iloc[0]
print(f"{first}: by hand {by_hand:.2f}, by regression {by_regression:.2f}")

# %% [markdown]
# ## How the drivers hang together
#
# Two quantities that only appear as a product can trade against each other: the evidence knows the
# product better than either. That is a strong negative correlation below.

# %%
_ = model.plot("correlations", estimate)
# %% [markdown]
# ## The tornado: two questions, not one
#
# Set a quantity to its 5% point, then to its 95% point. With *all else held* as it is, the accounts
# say how far the answer goes (the bars). But if we *learnt* that the quantity stands there, all else
# would move along, as the evidence ties it (the brackets). Classic tornadoes draw bars only, and
# overstate what learning would change.

# %%
_ = model.plot("tornado", estimate)
# %% [markdown]
# A quantity without a bar but with a bracket does not enter the state take at all; it is known to
# move with it, because the accounts balance.

# %%
reach = pd.DataFrame(
    {
        "all else held": found.quantities.held_p95 - found.quantities.held_p05,
        "all else along": found.quantities.along_p95 - found.quantities.along_p05,
    }
)
(reach / MILLION).abs().sort_values("all else held", ascending=False).head(8)

# %% [markdown]
# ## What drives it depends on what is asked
#
# Another definition of revenue hangs on other quantities; another year on other evidence.

# %%
surplus = estimate.drivers("surplus")
late = estimate.drivers("state_take", 2019)
pd.DataFrame({f"{one.definition} {one.year}": one.groups.share for one in (found, surplus, late)})

# %%
_ = model.plot("drivers", estimate, definition="surplus")
# %% [markdown]
# ## What would it be worth to know?
#
# A share of variance is a poor unit for deciding what to look for. `knowing` says how much narrower
# the 90% interval may be expected to be, in dollars, if one quantity became known exactly.

# %%
widths = ["width_before", "width_after", "narrower"]
worth = found.knowing[["variance_share", *widths]].head(8)
worth.assign(**worth[widths] / MILLION)

# %% [markdown]
# By hand again: within each of the twenty bins above, the quantity is nearly known. The mean width of
# the interval within bins is close to `width_after`.

# %%
inside = pd.Series(take).groupby(bins).quantile([0.05, 0.95]).unstack()
by_hand, by_regression = (inside[0.95] - inside[0.05]).mean(), worth.width_after[first] / MILLION
print(f"by hand {by_hand:.0f} million, by regression {by_regression:.0f} million")

# %% [markdown]
# ## What would one more source be worth?
#
# Nobody will hand us a quantity exactly. `inputs/prospects.csv` lists sources that might be found, with
# the grade that each would get. For every draw the source is made to print the figure that it would
# print if that draw were true, error and hedge included; then we ask how much those figures teach.

# %%
_ = model.plot("information", estimate)
# %% [markdown]
# Two ways that share nothing but the draws: a regression on the figures, and weighing the draws anew by
# how likely each makes a figure. They should agree within a few per cent of the width.

# %%
two_ways = ["width_after", "reweighed_width_after"]
found.prospects[two_ways] / MILLION

# %% [markdown]
# ## A source of your own
#
# A prospect is a row of `prospects.csv`: what it speaks of, when, how hedged, how graded. Copy the case,
# write one, and ask. The draws are those of before: prospects change nothing in the fit.

# %%
folder = Path(tempfile.mkdtemp()) / "mine"
shutil.copytree(model.INPUTS, folder)
header = (folder / "prospects.csv").read_text(encoding="utf-8").splitlines()[0]
rows = [
    f"permits-{grade},permits_{grade},A count of permits at the end of 2017 graded {grade},"
    f"permitted,russia,,2017-12,2017-12,exact,,{grade[0]},{grade[1]},,,mine"
    for grade in ("A1", "B2", "C3")
]
(folder / "prospects.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
mine = model.fit(folder)
counts = mine.drivers().prospects
counts[["variance_share"]].assign(**counts[widths] / MILLION)

# %% [markdown]
# Where a source is worth next to nothing, that is an answer too: what it speaks of is known well enough
# for this question, and time is better spent elsewhere.

# %%
print(
    f"largest expected fall: {counts.narrower.max() / MILLION:.1f} of "
    f"{counts.width_before.iloc[0] / MILLION:.0f} million dollars"
)
assert np.isfinite(counts.narrower).all()

# %% [markdown]
# ## Exercises
#
# 1. Ask `estimate.drivers("billings")`. Which group leads now, and why does the plan matter less?
# 2. In the cell with the three grades, write a source about `broker_margin` (a basic quantity; leave
#    `segment` and `base` blank), and ask for the surplus instead of the state take.
# 3. Set `statements` to 10 for the count graded C3: do ten poor sources teach as much as one good one?
# 4. Fit `model.fit(without=["balance"])` and ask for its drivers: which quantities lose their first-order
#    shares, now that the accounts need not balance?
