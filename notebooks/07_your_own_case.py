# %% [markdown]
# # Your own case
#
# You will learn how to set up a case of your own, for another country, other years or other
# sources. You start from a working scaffold, replace one thing after another, and let the program
# report errors. No code is needed: a case is a folder of tables and TOML files. It takes less than
# half a minute.

# %%
import tempfile
from pathlib import Path

import pandas as pd

import model

pd.options.display.float_format = "{:,.2f}".format
pd.options.display.max_colwidth = 90
MILLION = 1e6

# %% [markdown]
# ## A scaffold
#
# In a shell, run `python -m model.case new my_case`. Everything in it is invented and marked as
# such: the country, the sources and the figures. Never quote a number from it.

# %%
folder = model.new_case(Path(tempfile.mkdtemp()) / "my_case")
for path in sorted(folder.rglob("*.*")):
    print(f"{path.stat().st_size:6d} bytes  {path.relative_to(folder)}")

case = model.read_case(folder)
print(case.title)
print(f"{case.timeline.months[0]} to {case.timeline.months[-1]}, host: {case.hosts[0].title}")

# %% [markdown]
# ## The claims
#
# Each published figure is one row: quantity, place, months, hedge, speaker, grades of source and
# claim, and whether it is fitted, held out or kept as context.

# %%
figures, grades = ["low", "value", "high", "unit"], ["reliability", "credibility"]
columns = ["quantity", "qualifier", *figures, *grades, "role"]
case.evidence.set_index("id")[columns].astype(object).fillna("")

# %% [markdown]
# ## The priors
#
# Every quantity that the accounts need has a 5% and a 95% quantile, a unit, and a sentence that
# states their basis. A prior that rests only on judgement states this.

# %%
pd.DataFrame(
    [(one.label, one.p05, one.p95, one.unit, one.basis) for one in case.priors],
    columns=["quantity", "p05", "p95", "unit", "basis"],
).set_index("quantity").head(10)

# %% [markdown]
# ## A first run
#
# In a shell, run `python -m model.estimate --inputs my_case`.

# %%
estimate = model.fit(folder)
assert estimate.converged
_ = model.plot("workers", estimate)
estimate

# %% [markdown]
# ## Errors are reported all at once
#
# Errors such as a wrong unit, a month outside the timeline or an unlisted source are reported with
# file, row and column, and with what to write instead. Nothing is computed until all of them are
# corrected.

# %%
evidence = folder / "evidence.csv"
good = evidence.read_text(encoding="utf-8")
evidence.write_text(
    good.replace("EUR/month", "EUR/moth", 1).replace("2017-06,2017-06", "2016-06,2016-06", 1),
    encoding="utf-8",
)
try:
    model.read_case(folder)
except model.CaseError as error:
    print(error)
_ = evidence.write_text(good, encoding="utf-8")

# %% [markdown]
# ## Replace a figure
#
# Suppose that a new source reports a lower payment. Change the cell, fit, and compare.

# %%
row = case.evidence.set_index("id").loc["payment-builders"]
lower = good.replace(f",{row['value']:.0f},,EUR/month", f",{row['value'] * 0.8:.0f},,EUR/month", 1)
assert lower != good
evidence.write_text(lower, encoding="utf-8")
other = model.fit(folder)
assert other.converged
columns = ["median", "5%", "95%"]
pd.concat(
    {
        definition: model.compare({"as it was": estimate, "lower payment": other}, definition)[
            columns
        ]
        for definition in ("billings", "surplus", "state_take")
    }
) / MILLION

# %% [markdown]
# Billings follow the payment. The state take follows as well, although the plan reported is the same:
# the plan is collected from what wages, upkeep and taxes leave of the payment, and the first two do
# not fall with it.
#
# ## Add a row
#
# Add one more claim, with its own source. A row that repeats another has the same `origin`, and the
# two count once.
#
# A new row is fitted as fast as a new figure, because nothing is compiled for a case.

# %%
sources = folder / "sources.csv"
sources.write_text(
    sources.read_text(encoding="utf-8").rstrip("\n")
    + "\ninvented-inspection,Invented for illustration: an inspection,nobody,2018,,,to be replaced\n",
    encoding="utf-8",
)
evidence.write_text(
    good.rstrip("\n")
    + "\npermitted-2018-12,permitted,exampland,,2018-12,2018-12,about,,3000,,persons,,"
    + "invented-inspection,an invented inspector,,B,2,fit,invented for illustration\n",
    encoding="utf-8",
)
with_inspection = model.fit(folder)
assert with_inspection.converged
at_end = "2018-12"
pd.DataFrame(
    {
        name: one.workers().query("month == @at_end and stock == 'permitted'").iloc[0][columns]
        for name, one in {"before": estimate, "with the inspection": with_inspection}.items()
    }
).T.round(0)

# %% [markdown]
# ## What would be worth looking for?
#
# Before visiting archives, compute what a find would be worth (notebook 06).

# %%
found = estimate.drivers()
worth = found.knowing[["variance_share", "width_before", "width_after"]].head(6)
worth.assign(width_before=worth.width_before / MILLION, width_after=worth.width_after / MILLION)

# %% [markdown]
# ## The order in which to replace things
#
# 1. `timeline.toml`: months, host and currency, phases and what separates them.
# 2. `segments.csv`, `sources.csv`, then `evidence.csv`, row by row, each with its grade and a note.
# 3. `priors.toml`: before looking at a result, and with a basis for each.
# 4. `reading.toml`: how far hedges and grades are trusted; leave it unless you have a reason.
# 5. `readings.toml`, if your sources disagree about something that no row settles: each reading names
#    the rows that it leaves out, its weight and its reasons. Without the file there is one reading.
# 6. Check (`estimate.check()`), and only then read the headline.
#
# ## Exercises
#
# 1. Does the state take of 2017 move as well, and why so little?
# 2. Give the row the `origin` of another count and fit again. What does it add now?
# 3. Write a scenario into `scenarios/` in which the plan rises by a fifth from January 2018, and
#    run it with `model.fit(folder, scenarios=["your_name"])`. Why does the state take rise by less
#    than the plan collected?
# 4. Add a second host: a table in `timeline.toml`, a segment, priors where it differs, and one claim.
