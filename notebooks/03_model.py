# %% [markdown]
# # The model, by hand
#
# The whole estimate rests on two short sets of equations: how many workers there are, and where the
# money for one worker-month goes. You will learn to compute both by hand from the posterior's
# medians and check the result against the program's, to see who bears a shortfall, what the evidence
# added to the priors, and what the answer rests on, by leaving out the plan or the payments and by
# reading the evidence in one way only.
#
# It takes a minute or two: the case is fitted five times.
#
# `median` has the posterior median of each basic quantity, in its own unit; the part of a name
# after the dot is a phase of the sanctions, a tax period or a segment of the workers.
#
# ## Workers: stock and flow
#
# Each month some of the workers leave and others arrive: `workers[t] = workers[t-1] * exp(-hazard)
# + arrivals`. `model.stock` is that equation. Where arrivals and departures balance, the stock is
# constant. We take the rates before the ban, let the stock settle, and then halve or stop the
# arrivals.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import model

estimate = model.fit()
assert estimate.converged
median = estimate.quantities["posterior median"]

hazard, arrivals = median["permit_exit.open"], median["permit_inflow.open"]
settled = arrivals / (1 - np.exp(-hazard))
months = np.arange(1, 73)
halved = model.stock(settled, np.full(72, hazard), np.full(72, arrivals / 2))
stopped = model.stock(settled, np.full(72, hazard), np.zeros(72))

plt.plot(months, halved, label="arrivals halved")
plt.plot(months, stopped, label="arrivals stopped")
plt.axhline(settled / 2, color="black", linewidth=0.8, linestyle=":", label="half of the stock")
plt.ylim(0)
plt.xlabel("months after the ban")
plt.ylabel("holders of a work permit")
_ = plt.legend()

# %% [markdown]
# Halving the arrivals never quite halves the stock, which only approaches half. The immediate
# effect of a ban depends on how fast people leave. The stock covers half of the distance after log
# 2 / hazard months, whatever the arrivals: a ban works no faster than old permits expire. The next
# cell prints that time by phase, with its uncertainty, and runs through all phases with the medians of
# their rates, beside the posterior's own median and 90% interval.

# %%
phases = [phase.name for phase in estimate.case.timeline.phases]
half_way = {name: np.log(2) / estimate.quantity(f"permit_exit.{name}") for name in phases}
table = pd.DataFrame(half_way).quantile([0.5, 0.05, 0.95]).T.round(1)
table = table.set_axis(["median", "5%", "95%"], axis=1)
print(table.rename_axis("months to half way, by phase"))

timeline = estimate.case.timeline
starts = pd.PeriodIndex([phase.start for phase in timeline.phases], freq="M")


def by_month(name):
    """A quantity's posterior medians by phase, spread over the months."""
    by_phase = pd.Series([median[f"{name}.{phase}"] for phase in phases], index=starts)
    return by_phase.reindex(timeline.months, method="ffill").to_numpy()


by_hand = model.stock(
    median["permitted_at_start"], by_month("permit_exit"), by_month("permit_inflow")
)
workers = estimate.workers()
permitted = workers[workers["stock"] == "permitted"].set_index("month")[["median", "5%", "95%"]]
chosen = ["2015-12", "2017-08", "2017-12", "2018-12", "2019-11", "2019-12", "2020-03"]
axes = model.plot("workers", estimate)
permitted.assign(by_hand=by_hand).loc[chosen].round(-1).astype(int)

# %% [markdown]
# The median of a sum is not the sum of medians, so the two need not agree exactly: arrival and
# departure rates are correlated in the posterior, which medians ignore. Of the holders of a permit a
# few are not there (`share_present`: on leave, in transit, gone while the permit runs on). The
# figure counts those present, adds people who work on student and tourist visas, and shows every
# official count by type: a stock, a ceiling or a flow.
#
# ## The accounts of one worker-month
#
# What a contractor pays for a worker is divided among eleven uses. Taxes, permits, brokers, upkeep,
# what the worker keeps and what managers take come from quantities with priors of their own. What
# they leave is *available*. From it the plan is collected, and the rest is left with firms, the
# sender's own and others:
#
#     available       = billings less taxes, permits, brokers, upkeep, wages and managers
#     claim           = plan × levies on top of it
#     plan collected  = the smaller of claim and available, not below zero
#     left with firms = available - plan collected
#     state take      = plan collected + the sender's share of what is left with firms
#
# Nothing has to be balanced: the last lines follow from the others, as the operating surplus does in
# national accounts. `model.worker_month` computes all of this in rubles. Its arguments are the
# quantities, converted to the year in question:
#
# - money in rubles is stated for July 2018 and grows by a yearly factor; the middle of 2017 lies
#   12½ months earlier;
# - payment, declared salary and plan differ by segment, so the accounts are done for each segment
#   and averaged over the segments' workers;
# - the plan is in dollars a month and the permit's cost in dollars *a year*: both need the exchange
#   rate, and the latter is divided by twelve.
#
# The equations accept arrays, so the same function serves the medians and all draws. The program
# keeps its own accounts for the year in `summary["accounts"]`.

# %%
year = estimate.year
segments = [segment.id for segment in estimate.case.segments]
years_after = -12.5 / 12  # from the reference month, 2018-07, to the middle of 2017
rates = pd.read_csv(estimate.folder / "exchange_rates.csv", index_col="month")["per_usd"]
rubles = rates[rates.index.str.startswith(str(year))].mean()


def accounts(value, paid=1.0):
    """The accounts of a worker-month by segment, from a function that gives each quantity's value."""

    def in_year(name, family):
        ratios = [value(f"{family}_ratio.{segment}") for segment in segments]
        return value(name) * value(f"{family}_growth") ** years_after * np.array(ratios)

    return model.worker_month(
        payment=paid * in_year("payment", "payment"),
        utilisation=value("utilisation"),
        declared_salary=in_year("declared_salary", "declared"),
        vat_share=value("vat_share"),
        vat_rate=value("vat_rate.before_2019"),
        simplified_rate=value("simplified_rate"),
        income_tax_rate=value("income_tax_rate"),
        contribution_rate=value("contribution_rate"),
        permit_cost=value("permit_cost") / 12 * rubles,
        broker_margin=value("broker_margin"),
        upkeep=value("upkeep") * value("upkeep_growth") ** years_after,
        keep_share=value("keep_share"),
        managers_share=value("managers_share"),
        plan=in_year("plan", "plan") * rubles,
        levies=value("levies"),
        own_firms=value("own_firms"),
    )


def average(item, value):
    """A line of the accounts, averaged over the segments' workers."""
    share = np.array([value(f"segment_share.{name}") for name in segments])
    return (share / share.sum(axis=0) * item).sum(axis=0)


def of_medians(name, paid=1.0):
    """A line of the accounts from the medians of all quantities."""
    return average(getattr(accounts(median.get, paid), name), median.get)


def of_draws(name, paid=1.0):
    """The same line from all draws of all quantities."""
    return average(getattr(accounts(estimate.quantity, paid), name), estimate.quantity)


# %%
USES = {
    "turnover_tax": "value-added tax, or the simplified regime's",
    "contributions": "employer's social contributions",
    "income_tax": "on the declared salary",
    "permit_cost": "fees for permit and visa",
    "broker_take": "intermediaries who are third parties",
    "upkeep": "food, lodging, transport",
    "worker_keeps": "a share of the declared salary after tax",
    "managers_take": "what managers keep privately",
    "left_with_others": "the residual, as far as it is not the sender's",
    "left_with_own_firms": "the sender's share of the residual",
    "plan_collected": "as much of plan and levies as can be paid",
}
LINES = {"billings": "all that contractors pay for a month present", **USES}
own = estimate.summary["accounts"]["items"]
by_draw = {name: of_draws(name) for name in LINES}
lines = pd.DataFrame(
    {
        "from medians": {name: float(of_medians(name)) for name in LINES},
        "median of draws": {name: np.median(by_draw[name]) for name in LINES},
        "the program's": {name: own[name]["per_worker_month"]["q50"] for name in LINES},
    }
)
apart = sum(by_draw[name] for name in USES) / by_draw["billings"] - 1
print(
    f"In {len(apart):,} draws the uses add up to billings, but for {abs(apart).max():.0e} of them."
)
lines.round().astype(int).assign(**{"what it is": LINES}).rename_axis("rubles a month")

# %% [markdown]
# The second and third columns agree closely: the program adds up twelve months, weighted by the
# workers present in each, where we took the middle of the year. The first differs more, mostly in
# the plan collected, since medians ignore the correlations of quantities. It adds up, because it is
# one set of accounts, and so does each draw; medians of draws need not.
#
# ## Who bears a shortfall?
#
# The rule is that the claim comes first and that firms keep the rest. So what happens if contractors
# pay less? With all other quantities at their medians:

# %%
met = by_draw["plan_collected"] / of_draws("claim")
low, middle, high = np.quantile(met, [0.05, 0.5, 0.95])
print(f"Of the claim, {middle:.0%} is collected ({low:.0%} to {high:.0%}).")
paid = np.linspace(0.4, 1.6, 61)
for name, label in [("plan_collected", "plan collected"), ("left_with_firms", "left with firms")]:
    plt.plot(100 * paid, [of_medians(name, factor) / 1e3 for factor in paid], label=label)
claim = of_medians("claim") / 1e3
plt.axhline(claim, color="black", linewidth=0.8, linestyle=":", label="claim")
plt.axvline(100, color="black", linewidth=0.8)
plt.xlabel("payment, % of its median")
plt.ylabel("thousand rubles a worker-month")
_ = plt.legend()

# %% [markdown]
# Follow the curves from right to left: firms lose first, while the claim is all but met. Once next to
# nothing is left with them, the plan takes the loss. At the very left nothing can be collected, and
# firms pay wages and upkeep from their own pockets. The corners are round because segments differ,
# and because crews of one segment earn unevenly.
#
# Firms come first only where something is left with them. In many draws little is: payments, less
# all that has to be paid, do not cover the claim in full (the part collected is printed), and the plan
# bears much of even a small loss. Two rows tell the rule that the plan is met ("the first claim", "cannot be reduced for any
# reason"). They are evidence of a low grade and not a constraint, so the posterior may disagree.
#
# ## Five definitions
#
# Each definition of revenue is a line of these accounts, or a sum of several, times worker-months,
# at the year's exchange rate:

# %%
worker_months = estimate.summary["accounts"]["worker_months"]["q50"]
definitions = ["billings", "wedge", "surplus", "state_take", "plan_collected"]
pd.DataFrame(
    {
        "rubles a worker-month": {name: float(of_medians(name)) for name in definitions},
        "USD million, by hand": {
            name: of_medians(name) * worker_months / rubles / 1e6 for name in definitions
        },
        "median of the estimate": estimate.revenue(unit="million").loc[year]["median"],
    }
).loc[definitions].round().astype(int)

# %% [markdown]
# `surplus` is what brokers, managers, firms and the state have together. `wedge` still contains
# taxes, permits, food and lodging, and excludes only what is declared.
#
# ## From prior to posterior
#
# Even before any evidence, the priors imply something about the state take. `estimate.prior()`
# draws from them alone.


# %%
def in_year(one, definition="state_take"):
    """Draws of the headline's year, one after another."""
    return one.draws(definition).sel(period=str(one.year)).to_numpy().ravel()


bins = np.linspace(-500, 1500, 201)
for name, draws in [("priors alone", estimate.prior()), ("posterior", in_year(estimate))]:
    plt.hist(draws / 1e6, bins=bins, density=True, alpha=0.5, label=name)
    low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95]) / 1e6
    print(f"{name}: {middle:.0f} ({low:.0f} to {high:.0f}) million dollars")
plt.xlim(-150, 600)
plt.xlabel(f"state take of {year}, USD million")
plt.ylabel("density")
_ = plt.legend()

axes = model.plot("priors", estimate)

# %% [markdown]
# The priors alone allow a loss: where the payment does not cover taxes and wages, the sender's firms
# pay. The evidence all but rules this out. Compare the widths before the middles: a middle may stay in
# place by chance, but a width shrinks because of evidence. The second figure shows the same for the
# quantities most closely tied to the state take, with the prior in grey and the posterior in blue.
# Where blue covers grey, nothing was learnt, and the number is as much a judgement as its prior.
#
# ## Without the plan, and without payments
#
# The plan and what can pay it are known from different rows. `without=["plan"]` drops all rows about
# the plan, about how much of it is collected and about the state's share; `without=["payments"]`
# drops what is reported of payments. (It draws more, since it is harder to sample.)

# %%
sides = {
    "all rows": estimate,
    "without the plan": model.fit(without=["plan"]),
    "without payments": model.fit(without=["payments"], draws=2000),
}
assert all(one.converged for one in sides.values())
for name, one in sides.items():
    pd.Series(in_year(one) / 1e6).plot.density(label=name)
    dropped = len(estimate.evidence) - int((one.evidence["weight"] > 0).sum())
    print(f"{name}: {dropped} rows dropped")
plt.xlim(-50, 350)
plt.ylim(0)
plt.xlabel(f"state take of {year}, USD million")
plt.ylabel("density")
plt.legend()

table = model.compare(sides, unit="million")[["median", "5%", "95%", "sd"]]
table.round().astype(int).rename_axis(columns=f"state take of {year}, USD million")


# %%
def price(one, segment):
    """Median payment in one segment in July 2018, thousand rubles a month."""
    return np.median(one.quantity("payment") * one.quantity(f"payment_ratio.{segment}")) / 1e3


pd.DataFrame(
    {
        name: {
            "plan, USD a month": np.median(one.quantity("plan")),
            "payment in St Petersburg, thousand RUB": price(one, "spb_construction"),
            "payment in the Far East, thousand RUB": price(one, "far_east_construction"),
            "payment in other construction, thousand RUB": price(one, "other_construction"),
            "broker's margin, % of billings": np.median(one.quantity("broker_margin")) * 100,
            "billings, USD million": np.median(in_year(one, "billings")) / 1e6,
            "plan collected, USD million": np.median(in_year(one, "plan_collected")) / 1e6,
        }
        for name, one in sides.items()
    }
).round().astype(int)

# %% [markdown]
# Without payments little changes. One row reports a price; all else that is known of the money comes
# from rows about pay: what crews earn, what workers keep, what is declared. Without the plan the
# answer falls and spreads out. The assigned plan is nearly the same, because its prior says as much
# as its rows. What is lost is the word that the plan *is collected*. With it, payments must be high
# enough, and what others take low enough, for a plan to be met; without it they need not be, and the
# payment falls where no price was quoted.
#
# ## Two readings
#
# Does the state claim a fixed plan or take a share? No row settles that. The reading `plan` leaves
# out the shares that officials and scholars tell; `share_of_wage_fund` leaves out what is told of
# plans and fits the shares. `readings.toml` has all four readings of the case, with the weight of
# each and its reasons. A weight of one asks for a single reading:

# %%
ENDS = ["median", "5%", "95%"]
readings = {
    "all readings": estimate,
    "a fixed plan": model.fit(reading={"plan": 1}),
    "a share of what crews earn": model.fit(reading={"share_of_wage_fund": 1}),
}
assert all(one.converged for one in readings.values())
for name, one in readings.items():
    pd.Series(in_year(one) / 1e6).plot.density(label=name)
plt.xlim(0, 350)
plt.ylim(0)
plt.xlabel(f"state take of {year}, USD million")
plt.ylabel("density")
plt.legend()

pd.concat(
    {
        definition: model.compare(readings, definition, unit="million")[ENDS]
        for definition in ["state_take", "plan_collected", "billings"]
    },
    axis=1,
).round().astype(int)

# %% [markdown]
# Under a fixed plan, the plan's rows tell how much is claimed and that it is met, so billings must be
# higher to pay for it. Under a share, the state take follows from what crews are said to earn, which
# is reported more often: the answer is lower and its interval narrower. Neither includes the doubt
# about which is right. The mixture does: its interval reaches up nearly as far as that of the first
# and down nearly as far as that of the second. Readings also differ in their rule for scenarios, as
# the next notebook shows.
#
# ## Exercises
#
# 1. In the first figure, use the rates of `"repatriation"`. How much faster does the stock fall?
# 2. Who owns the residual? Draw `"state_take"` into the figure of the shortfall, once with
#    `median.get` and once with `lambda name: 0.9 if name == "own_firms" else median[name]` as the
#    value of `accounts` and `average`. On which side do the two curves part, and why only there?
# 3. Suppose brokers are known to take three tenths: `model.fit(set={"broker_margin": 0.3})`. Look at
#    the state take and at billings beside `estimate`. Who pays the brokers?
# 4. Show `model.compare(sides, "surplus") / 1e6`. Is the surplus as dependent on the plan's rows as
#    the state take is?
# 5. Mix two readings by hand: `numpy.concatenate` the draws of the two and compare the quantiles
#    with those of `model.fit(reading={"plan": 0.5, "share_of_wage_fund": 0.5})`.
