// The draws, their weights under what is set, and weighted quantiles.

const count = data.draws.kept;
const readingOf = bytes(data.draws.reading);
const LEVELS = { q05: 0.05, q25: 0.25, q50: 0.5, q75: 0.75, q95: 0.95 };

function bytes(text) {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

const decoded = new Map();

// Values of a column; see reports/page/columns.py for how they were written.
function values(column) {
  if (decoded.has(column)) return decoded.get(column);
  const found = new Float64Array(count);
  if ("value" in column) found.fill(column.value);
  else {
    const raw = bytes(column.text);
    const wide = column.bits === 16;
    const step = (column.high - column.low) / (2 ** column.bits - 1);
    for (let i = 0; i < count; i += 1) {
      const whole = wide ? raw[2 * i] + 256 * raw[2 * i + 1] : raw[i];
      const scaled = column.low + step * whole;
      found[i] = column.log ? Math.exp(scaled) : scaled;
    }
  }
  decoded.set(column, found);
  return found;
}

// The scale on which a quantity's distances are measured: logits of shares, logs of the rest.
function measured(lever, value) {
  return lever.percent ? Math.log(value / (1 - value)) : Math.log(value);
}

// Weights of the readings: those told, and the others' shares of what is left.
function readingWeights(told) {
  const left = Math.max(0, 1 - Object.values(told).reduce((sum, one) => sum + one, 0));
  const others = data.readings.filter((one) => !(one.key in told));
  const whole = others.reduce((sum, one) => sum + one.weight, 0);
  return data.readings.map((one) =>
    one.key in told ? told[one.key] : whole > 0 ? (left * one.weight) / whole : 0,
  );
}

// By how much a group of rows counts: not at all if its source is off.
function factorOf(group, state) {
  if (state.off.has(group.source)) return 0;
  return state.trust[group.letter] ?? 1;
}

// Log weight of each draw by what is held: a normal curve around each value.
function heldWeights(state) {
  const found = new Float64Array(count);
  for (const lever of data.levers) {
    if (!(lever.key in state.levers)) continue;
    const at = measured(lever, state.levers[lever.key]);
    const draws = values(lever.draws);
    for (let i = 0; i < count; i += 1) {
      const apart = (measured(lever, draws[i]) - at) / lever.bandwidth;
      found[i] -= 0.5 * apart * apart;
    }
  }
  return found;
}

// Log weight of each draw by the claims that count less or more, smoothed reading by reading, and
// the worst shape of a tail among the readings that have any weight.
function claimWeights(state, shares) {
  const found = new Float64Array(count);
  for (const group of data.groups) {
    const factor = factorOf(group, state);
    if (factor === 1) continue;
    const density = values(group.draws);
    for (let i = 0; i < count; i += 1) found[i] += (factor - 1) * density[i];
  }
  let worst = -Infinity;
  shares.forEach((share, reading) => {
    const own = Array.from(found.keys()).filter((i) => readingOf[i] === reading);
    const logs = own.map((i) => found[i]);
    if (!share || Math.max(...logs) === Math.min(...logs)) return;
    const smooth = smoothedTail(logs, data.draws.tail);
    own.forEach((i, place) => { found[i] = smooth.logs[place]; });
    worst = Math.max(worst, smooth.k);
  });
  return { found, worst };
}

// Weights that sum to one; each reading's draws are weighed among themselves.
function weigh(state) {
  const shares = readingWeights(state.readings);
  const claims = claimWeights(state, shares);
  const logs = heldWeights(state).map((one, i) => one + claims.found[i]);
  const most = shares.map(() => -Infinity);
  const sums = shares.map(() => 0);
  for (let i = 0; i < count; i += 1) most[readingOf[i]] = Math.max(most[readingOf[i]], logs[i]);
  const weights = logs.map((one, i) => Math.exp(one - most[readingOf[i]]));
  for (let i = 0; i < count; i += 1) sums[readingOf[i]] += weights[i];
  let squares = 0;
  for (let i = 0; i < count; i += 1) {
    weights[i] *= shares[readingOf[i]] / sums[readingOf[i]];
    squares += weights[i] * weights[i];
  }
  const before = Math.min(count, data.draws.relative * data.draws.of);
  const away = unreached(state, weights);
  return { weights, effective: before / squares / count, unreached: away, shape: claims.worst };
}

// Levers whose draws stay away from the value: their weighted mean is off by more than the kernel.
function unreached(state, weights) {
  return data.levers.filter((lever) => {
    if (!(lever.key in state.levers)) return false;
    const draws = values(lever.draws);
    let mean = 0;
    for (let i = 0; i < count; i += 1) mean += weights[i] * measured(lever, draws[i]);
    const at = measured(lever, state.levers[lever.key]);
    return Math.abs(mean - at) > lever.bandwidth;
  });
}

const orders = new WeakMap();

// Places of draws from the lowest; remembered, as columns do not change.
function ordered(draws) {
  if (!orders.has(draws)) orders.set(draws, Array.from(draws.keys()).sort((a, b) => draws[a] - draws[b]));
  return orders.get(draws);
}

// Quantiles of values under weights that sum to one, as weighted_quantiles of the program.
function quantiles(draws, weights, levels) {
  const order = ordered(draws);
  const places = new Float64Array(order.length);
  let sum = 0;
  order.forEach((one, place) => {
    places[place] = sum + weights[one] / 2;
    sum += weights[one];
  });
  return levels.map((level) => {
    if (level <= places[0]) return draws[order[0]];
    let high = places.findIndex((place) => place >= level);
    if (high < 0) return draws[order[order.length - 1]];
    while (high > 0 && places[high - 1] === places[high]) high -= 1;
    const part = (level - places[high - 1]) / (places[high] - places[high - 1]);
    return draws[order[high - 1]] + part * (draws[order[high]] - draws[order[high - 1]]);
  });
}

function summary(draws, weights) {
  const found = quantiles(draws, weights, Object.values(LEVELS));
  return Object.fromEntries(Object.keys(LEVELS).map((name, place) => [name, found[place]]));
}

// What a year's revenue gains at another exchange rate, draw by draw: between the rates for which
// it was projected, by the dollars that a unit of the other currency buys.
function gained(definition, year, factor) {
  const nodes = data.rate.factors.map((one, place) => [
    1 / one,
    values(data.rate.years[year][definition][place]),
  ]);
  nodes.push([1, new Float64Array(count)]);
  nodes.sort((a, b) => a[0] - b[0]);
  const at = 1 / factor;
  const high = Math.max(1, nodes.findIndex(([place]) => place >= at - 1e-12));
  const [[left, before], [right, after]] = [nodes[high - 1], nodes[high]];
  const part = (at - left) / (right - left);
  return before.map((one, i) => one + part * (after[i] - one));
}

// Sums of the parts of a period, in dollars, at the actual rates.
function dollars(definition, period) {
  const found = new Float64Array(count);
  for (const part of period.parts.length ? period.parts : [period.key]) {
    const draws = values(data.draws.money[part][definition]);
    for (let i = 0; i < count; i += 1) found[i] += draws[i];
  }
  return found;
}

// Revenue of a period in a currency, draw by draw, at the rate that is set. A quarter moves in
// proportion to its year, or to the nearest whole one.
function money(definition, period, state) {
  const found = dollars(definition, period);
  if (state.rate === null) return inCurrency(found, period, state);
  const years = Object.keys(data.rate.years);
  if (!years.length) return inCurrency(found, period, state);
  const near = years.reduce((best, one) =>
    Math.abs(one - period.year) < Math.abs(best - period.year) ? one : best);
  const more = gained(definition, near, state.rate);
  if (period.key === near) return inCurrency(found.map((one, i) => one + more[i]), period, state);
  const whole = dollars(definition, data.periods.find((one) => one.key === near));
  const moved = found.map((one, i) => (whole[i] > 0 ? one * (1 + more[i] / whole[i]) : one));
  return inCurrency(moved, period, state);
}

function inCurrency(draws, period, state) {
  if (state.in === "usd") return draws;
  const rate = period.per_usd * (state.rate ?? 1);
  return draws.map((one) => one * rate);
}
