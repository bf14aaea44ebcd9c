# %% [markdown]
# # The model, by hand
#
# The whole estimate rests on two short sets of equations: how many workers there are, and where the
# money for one worker-month goes. You will learn to compute both by hand from the posterior's
# medians and check the result against the program's, to see what the evidence added to the priors,
# and to see what each side of the balance contributes by removing it.
#
# It takes less than half a minute: the case is fitted three times.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import model

estimate = model.fit()
assert estimate.converged
median = estimate.quantities["posterior_q50"]

# %% [markdown]
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
# 2 / hazard months, whatever the arrivals. In each phase, with its uncertainty:

# %%
phases = [phase.name for phase in estimate.case.timeline.phases]
half_way = {name: np.log(2) / estimate.quantity(f"permit_exit.{name}") for name in phases}
table = pd.DataFrame(half_way).quantile([0.5, 0.05, 0.95]).T.round(1)
table.set_axis(["median", "5%", "95%"], axis=1).rename_axis("months to half way, by phase")

# %% [markdown]
# So a ban on arrivals works no faster than old permits expire. The next table runs through all
# phases with the medians of their rates, beside the posterior's own median and 90% interval.

# %%
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
permitted = workers[workers["stock"] == "permitted"].set_index("month")[["q50", "q05", "q95"]]
chosen = ["2015-12", "2017-08", "2017-12", "2018-12", "2019-11", "2019-12", "2020-03"]
permitted.assign(by_hand=by_hand).loc[chosen].round(-1).astype(int)

# %% [markdown]
# The median of a sum is not the sum of medians, so the two need not agree exactly: arrival and
# departure rates are correlated in the posterior, which medians ignore. The figure adds people who
# work on student and tourist visas, and shows every official count by type: a stock, a ceiling or a
# flow.

# %%
axes = model.plot("workers", estimate)

# %% [markdown]
# ## The accounts of one worker-month
#
# What a contractor pays for a worker is divided among nine items, one of them the state take.
# `model.worker_month` computes these accounts in rubles. Its arguments are the quantities,
# converted to the year in question:
#
# - money in rubles is stated for July 2018 and grows by a yearly factor; the middle of 2017 lies
#   12½ months earlier;
# - payment, declared salary and plan differ by segment, so their centre is multiplied by the mean
#   of the segments' ratios, weighted by the segments' shares of the workers;
# - the plan is in dollars a month and the permit's cost in dollars *a year*: both need the exchange
#   rate, and the latter is divided by twelve.

# %%
year = estimate.year
segments = [segment.id for segment in estimate.case.segments]
years_after = -12.5 / 12  # from the reference month, 2018-07, to the middle of 2017
rates = pd.read_csv(estimate.folder / "exchange_rates.csv", index_col="month")["per_usd"]
rubles = rates[rates.index.str.startswith(str(year))].mean()


def accounts(value):
    """The accounts of a worker-month, from a function that gives each quantity's value."""
    share = np.array([value(f"segment_share.{name}") for name in segments])
    share = share / share.sum(axis=0)

    def in_year(name, ratio):
        ratios = np.array([value(f"{ratio}.{segment}") for segment in segments])
        grown = value(name) * value(ratio.replace("ratio", "growth")) ** years_after
        return grown * (share * ratios).sum(axis=0)

    return model.worker_month(
        payment=in_year("payment", "payment_ratio"),
        utilisation=value("utilisation"),
        declared_salary=in_year("declared_salary", "declared_ratio"),
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
        plan=in_year("plan", "plan_ratio") * rubles,
        plan_fulfilment=value("plan_fulfilment"),
    )


of_medians = accounts(lambda name: median[name])
of_draws = accounts(estimate.quantity)

# %% [markdown]
# The function is called once with a number for each quantity and once with all its draws, since the
# equations accept arrays. The program keeps its own accounts for the year in `summary["accounts"]`.

# %%
LINES = {
    "billings": "what contractors pay, per month present",
    "turnover_tax": "value-added tax, or the simplified regime's",
    "contributions": "employer's social contributions",
    "income_tax": "on the declared salary",
    "permit_cost": "fees for permit and visa",
    "broker_take": "local intermediaries",
    "upkeep": "food, lodging, transport",
    "worker_keeps": "a share of the declared salary after tax",
    "managers_take": "what managers keep privately",
    "state_take": "plan times fulfilment",
    "closing_error": "billings less all of these",
}
own = estimate.summary["accounts"]["items"]
lines = pd.DataFrame(
    {
        "from medians": {name: float(getattr(of_medians, name)) for name in LINES},
        "median of draws": {name: np.median(getattr(of_draws, name)) for name in LINES},
        "the program's": {name: own[name]["per_worker_month"]["q50"] for name in LINES},
    }
)
closing = of_draws.closing_error / of_draws.uses
before = estimate.case.reading.closing_error
print(f"Closing error, before: 0% of all uses, give or take {100 * before:.0f}%")
print(
    f"Closing error, after: {100 * closing.mean():+.1f}%, give or take {100 * closing.std():.1f}%"
)
lines.round().astype(int).assign(**{"what it is": LINES}).rename_axis("rubles a month")

# %% [markdown]
# The second and third columns agree closely: the program adds up twelve months, weighted by the
# workers present in each, where we took the middle of the year. The first differs more, since
# medians ignore the correlations of quantities. Its lines add up, with its closing error, because
# they are one set of accounts; medians of draws need not.
#
# *The closing error.* The state take is known from two sides: from what is reported of the plan,
# and from what the payment leaves after all other items. The two need not agree. The fit lets them
# differ by an error of a size set in the case (`reading.toml`), as national accounts do before they
# are balanced. That is the line printed as "before".
#
# ## Four definitions
#
# Each definition of revenue is a line of these accounts, or a sum of several, times worker-months,
# at the year's exchange rate:

# %%
worker_months = estimate.summary["accounts"]["worker_months"]["q50"]
definitions = ["billings", "wedge", "surplus", "state_take"]
pd.DataFrame(
    {
        "rubles a worker-month": {name: float(getattr(of_medians, name)) for name in definitions},
        "USD million, by hand": {
            name: getattr(of_medians, name) * worker_months / rubles / 1e6 for name in definitions
        },
        "median of the estimate": estimate.revenue().loc[year]["q50"] / 1e6,
    }
).loc[definitions].round().astype(int)

# %% [markdown]
# `surplus` is what brokers, managers and the state receive together, plus the closing error, which
# belongs to nobody. `wedge` still contains taxes, permits, food and lodging, and excludes only what
# is declared.
#
# ## From prior to posterior
#
# Even before any evidence, the priors imply something about the state take. `estimate.prior()`
# draws from them, without evidence and without the balance.

# %%
bins = np.linspace(0, 1500, 151)
for name, draws in [("priors alone", estimate.prior()), ("posterior", estimate.draws())]:
    plt.hist(draws / 1e6, bins=bins, density=True, alpha=0.5, label=name)
    low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95]) / 1e6
    print(f"{name}: {middle:.0f} ({low:.0f} to {high:.0f}) million dollars")
plt.xlim(0, 600)
plt.xlabel(f"state take of {year}, USD million")
plt.ylabel("density")
_ = plt.legend()

# %% [markdown]
# Compare the widths before the middles: a middle may stay in place by chance, but a width shrinks
# because of evidence. The next figure shows the same for the quantities most closely tied to the
# state take, with the prior in grey and the posterior in blue. Where blue covers grey, nothing was
# learnt, and the number is as much a judgement as its prior.

# %%
axes = model.plot("priors", estimate)

# %% [markdown]
# ## The balance, with either side removed
#
# `without=["plan"]` drops all rows that report the plan or the state's share: the state take is
# then informed by what the payment leaves after all other items, and by the plan's prior.
# `without=["balance"]` does not require the accounts to close: the state take is then what is
# reported of it, and the uses of the money need not add up to the payment.

# %%
sides = {
    "both sides": estimate,
    "without the plan": model.fit(without=["plan"]),
    "without the balance": model.fit(without=["balance"]),
}
assert all(one.converged for one in sides.values())
for name, one in sides.items():
    pd.Series(one.draws() / 1e6).plot.density(label=name)
plt.xlim(0, 300)
plt.ylim(0)
plt.xlabel(f"state take of {year}, USD million")
plt.ylabel("density")
plt.legend()

table = model.compare(sides)[["q50", "q05", "q95", "sd"]] / 1e6
table.round().astype(int).rename_axis(columns=f"state take of {year}, USD million")

# %% [markdown]
# With both sides, the curve lies between the other two and is narrower than either: two poor
# measurements of one thing make a better one. But they pull in different directions, and something
# has to change. The medians of the underlying quantities show what:


# %%
def price(one, segment):
    """Median payment in one segment in July 2018, thousand rubles a month."""
    return np.median(one.quantity("payment") * one.quantity(f"payment_ratio.{segment}")) / 1e3


pd.DataFrame(
    {
        name: {
            "plan, USD a month": np.median(one.quantity("plan")),
            "broker's margin, % of billings": np.median(one.quantity("broker_margin")) * 100,
            "payment in St Petersburg, thousand RUB": price(one, "spb_construction"),
            "payment in the Far East, thousand RUB": price(one, "far_east_construction"),
            "payment in other construction, thousand RUB": price(one, "other_construction"),
            "billings, USD million": np.median(one.draws("billings")) / 1e6,
        }
        for name, one in sides.items()
    }
).round().astype(int)

# %% [markdown]
# The balance is therefore not a formality, and it affects quantities far from the state.
# Contractors in St Petersburg were quoted, so the payment there hardly moves. The payment has to be
# used for something, and of all uses the broker's margin is known least: as a share of billings its
# prior is the widest, and the balance makes the margin larger. All segments share that margin, so
# where no price was quoted the balance raises the price, and with it billings, wedge and surplus.
# The state take has evidence of its own and moves less. Keep this in mind when you read the first
# three, which `docs/trust.md` calls judgement.
#
# ## Exercises
#
# 1. In the first figure, use the rates of `"repatriation"`. How much faster does the stock fall?
# 2. Raise `broker_margin` to 0.45 in `accounts` and print the closing error of `of_medians`. Who is
#    then paid out of what, and why does the fit not allow it?
# 3. Suppose brokers are known to take a tenth: `model.fit(set={"broker_margin": 0.1})`. Look at the
#    state take and at billings beside `estimate`.
# 4. Show `model.compare(sides, "surplus") / 1e6`: which side matters there?
