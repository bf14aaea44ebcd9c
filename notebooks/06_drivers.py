# %% [markdown]
# # What drives the answer, and what to find out next
#
# You will learn which quantities make the state take so uncertain, why that question has more than
# one honest answer, how much of the doubt is about which reading of the evidence is right, and how to
# value knowing a quantity or finding one more source, in millions of dollars of interval width. No new
# fit is needed: everything comes from the draws of one estimate. It takes less than half a minute.

# %%
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import model

pd.options.display.float_format = "{:,.2f}".format
MILLION = 1e6

estimate = model.fit()
assert estimate.converged
estimate

# %% [markdown]
# ## Shares of the uncertainty
#
# The basic quantities fall into groups: how many workers there are, what contractors pay for them,
# what others take out of that, and what the state assigns and receives of it. `drivers` computes
# the shares of each in the variance of the headline and saves them with the run.

# %%
found = estimate.drivers()
_ = model.plot("drivers", estimate)
found.groups.drop(columns="quantities")

# %% [markdown]
# The columns are three shares. They differ because quantities act together in the accounts and are
# correlated through the evidence:
#
# - `first_order`: the part that knowing the group *and nothing else* would remove;
# - `total`: the part that is left *once everything else is known*;
# - `share`: its part when all parts must add up (the Shapley effect: its contribution, averaged
#   over all orders in which quantities could become known).
#
# A total share above the first-order share means that a group matters together with others. What the
# payment leaves for the plan depends on what others take of it, and the evidence knows the two
# together better than either alone. So knowing one without the other removes little; with all others
# known, it is what is left. A group with a first-order share and no total share would inform the
# state take only indirectly.
#
# The next table shows the shares by quantity, with their sampling error.
#
# How much of the variance do all quantities together explain? The shares come from a regression on
# polynomials of the quantities and their products; the unexplained part is assigned to none of
# them.

# %%
print(f"explained: {found.explained:.1%}, by polynomials of degree {found.degree}")
columns = ["group", "share", "share_error", "first_order", "total"]
found.quantities[columns].head(10)

# %% [markdown]
# ## Between readings
#
# Part of the variance lies between the rival readings of the evidence: their means differ. It is no
# group of its own, since a reading shifts many quantities at once. `found.between_readings` is that
# part. By hand it is the law of total variance, for which the posterior notes each draw's reading.
# That is little beside what is uncertain within every reading. To learn which reading is right would
# narrow the answer less than to learn what contractors pay.
#
# ## A first-order share by hand
#
# This needs no library. Sort the draws into twenty bins of one quantity; the variance of the bins'
# means, divided by the whole variance, is the part that knowing that quantity would explain.
# (Twenty random bins would explain a little too: 19 divided by the number of draws.) Both by hand:

# %%
take = estimate.draws().sel(period=str(estimate.year)).to_numpy().ravel() / MILLION
noted = estimate.posterior["sample_stats"]["reading"].to_numpy()
by_reading = pd.Series(take).groupby(np.tile(noted, len(take) // len(noted)))
weights, means = by_reading.size() / len(take), by_reading.mean()
by_hand = (weights * (means - take.mean()) ** 2).sum() / take.var()
print(f"between readings: {found.between_readings:.1%} of the variance, by hand {by_hand:.1%}")
table = pd.DataFrame({"weight": weights, "mean": means, "sd": by_reading.std()})
table = table.set_axis(list(estimate.summary["readings"])).rename_axis("USD million")

first = found.quantities.index[0]
bins = pd.qcut(estimate.quantity(first), 20, labels=False)
means = pd.Series(take).groupby(bins).mean()
by_hand, by_regression = means.var(ddof=0) / take.var(), found.quantities.first_order.iloc[0]
print(f"first order of {first}: {by_regression:.2f}, by hand {by_hand:.2f}")
table

# %% [markdown]
# ## Correlations of the drivers
#
# Two quantities that appear as a product can offset each other: the evidence determines the product
# better than either. This appears below as a strong negative correlation: a price is quoted in St
# Petersburg, which is the payment times that segment's ratio.
#
# ## The tornado answers two questions
#
# Set a quantity to its 5% quantile, then to its 95% quantile. With *all else held fixed*, the
# accounts determine how far the answer moves (the bars). But if we *learnt* that the quantity has
# that value, all else would move with it, because the evidence correlates them (the brackets).
# Classic tornadoes draw only bars and overstate what learning would change.

# %%
_ = model.plot("correlations", estimate)
_ = model.plot("tornado", estimate)

# %% [markdown]
# A long bar with a short bracket belongs to a quantity that the evidence ties to others: a higher
# payment comes with a lower ratio where a price was quoted, for instance. A quantity with a bracket
# but no bar does not enter the state take at all, and only moves along.
#
# ## Drivers depend on the definition and the year
#
# Another definition of revenue depends on other quantities, and another year on other evidence.

# %%
surplus = estimate.drivers("surplus")
late = estimate.drivers("state_take", 2019)
pd.DataFrame({f"{one.definition} {one.year}": one.groups.share for one in (found, surplus, late)})

# %% [markdown]
# ## What would knowing a quantity be worth?
#
# A share of variance is a poor unit for deciding what to look for. `knowing` gives how much
# narrower the 90% interval should become, in dollars, if one quantity became known exactly.
#
# This too can be checked by hand: within each of the twenty bins above, the quantity is nearly
# known, and the mean width of the interval within bins is close to `width_after`.

# %%
widths = ["width_before", "width_after", "narrower"]
worth = found.knowing[["variance_share", *widths]].head(8)
inside = pd.Series(take).groupby(bins).quantile([0.05, 0.95]).unstack()
by_hand, by_regression = (inside[0.95] - inside[0.05]).mean(), worth.width_after[first] / MILLION
print(f"{first}: width after {by_regression:.0f} million dollars, by hand {by_hand:.0f} million")
worth.assign(**worth[widths] / MILLION)

# %% [markdown]
# ## What would one more source be worth?
#
# No source will give us a quantity exactly. `inputs/prospects.csv` lists sources that might be
# found, with the grade that each would get. For every draw, we simulate the figure that the source
# would print if that draw were true, with its error and hedge, and then compute how much those
# figures would narrow the interval.
#
# Two methods that share only the draws are a regression on the figures, and reweighting the draws
# by the likelihood of each figure. They should agree within a few per cent of the width.

# %%
_ = model.plot("information", estimate)

two_ways = ["width_after", "reweighed_width_after"]
found.prospects[two_ways] / MILLION

# %% [markdown]
# ## A source of your own
#
# A prospect is a row of `prospects.csv`: quantity, months, hedge and grade. Copy the case, write
# one, and compute the drivers. The draws are the same as before, because prospects do not change
# the fit.

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
# If a source is worth next to nothing, that is an answer too: its subject is known well enough for
# this question, and time is better spent elsewhere.
#
# ## Exercises
#
# 1. Run `estimate.drivers("billings")`. Two groups have next to no total share now: why? And why
#    does one of these still have a first-order share?
# 2. In the cell with the three grades, write a source about `broker_margin` (a basic quantity;
#    leave `segment` and `base` blank), and compute the surplus instead of the state take.
# 3. Set `statements` to 10 for the count graded C3: do ten poor sources add as much as one good
#    one? (Compare `variance_share`; the widths are too close to tell.)
# 4. Run `model.fit(without=["plan"])` and compute its drivers: which group leads once no row says
#    that the plan is met? And how much of the variance still lies between readings?
