// Pareto smoothing of importance weights, as the program's own (ArviZ's psislw): Vehtari, Simpson,
// Gelman, Yao and Gabry 2024, https://jmlr.org/papers/v25/19-556.html.

// Log weights with a smoothed tail, and the shape of the tail: reliable up to 0.7.
function smoothedTail(logs, share) {
  const n = logs.length;
  const wanted = n * share > 225 ? Math.floor(3 * Math.sqrt(n / share)) : Math.floor(n / 5);
  const size = Math.min(wanted, n - 1);
  const most = logs.reduce((best, one) => Math.max(best, one), -Infinity);
  const found = logs.map((one) => one - most);
  const order = Array.from(found.keys()).sort((a, b) => found[a] - found[b]);
  const tail = order.slice(n - size);
  if (size < 5) return { logs: found, k: Infinity };
  const [least, highest] = [found[tail[0]], found[tail[size - 1]]];
  if (highest - least < Number.MIN_VALUE) return { logs: found, k: 0 };
  const cutoff = Math.exp(found[order[n - size - 1]]);
  const { k, sigma } = pareto(tail.map((one) => Math.exp(found[one]) - cutoff));
  if (!Number.isFinite(k) || !(sigma > 0)) return { logs: found, k: Infinity };
  tail.forEach((one, place) => {
    const rest = -Math.log1p(-(place + 0.5) / size);
    const value = k === 0 ? cutoff + sigma * rest : cutoff + (sigma * Math.expm1(k * rest)) / k;
    found[one] = Math.min(Math.log(value), highest);
  });
  return { logs: found, k };
}

// Shape and scale of a generalised Pareto distribution, from sorted values (Zhang and Stephens
// 2009), with a weak prior of the shape around one half.
function pareto(sorted) {
  const n = sorted.length;
  const many = 30 + Math.floor(Math.sqrt(n));
  const quarter = sorted[Math.floor(n / 4 + 0.5 - 1)];
  if (quarter <= sorted[0]) return { k: NaN, sigma: NaN };
  const shape = (b) => sorted.reduce((sum, one) => sum + Math.log1p(-b * one), 0) / n;
  const bs = Array.from({ length: many }, (_, place) =>
    (1 - Math.sqrt(many / (place + 0.5))) / (3 * quarter) + 1 / sorted[n - 1]);
  const logs = bs.map((b) => {
    const k = shape(b);
    return n * (Math.log(-b / k) - k - 1);
  });
  const most = Math.max(...logs);
  const whole = logs.reduce((sum, one) => sum + Math.exp(one - most), 0);
  const weights = logs.map((one) => Math.exp(one - most) / whole);
  const kept = weights.map((one) => (one >= 10 * Number.EPSILON ? one : 0));
  const sum = kept.reduce((total, one) => total + one, 0);
  const b = bs.reduce((total, one, place) => total + (one * kept[place]) / sum, 0);
  const k = shape(b);
  return { k: (n * k + 5) / (n + 10), sigma: -k / b };
}
