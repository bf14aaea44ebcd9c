// Elements and drawings. Text is set as text, never as mark-up.

const SVG = "http://www.w3.org/2000/svg";

function make(tag, settings = {}, ...inner) {
  const found = document.createElement(tag);
  for (const [name, value] of Object.entries(settings)) {
    if (name === "on") {
      for (const [event, act] of Object.entries(value)) found.addEventListener(event, act);
    } else if (name in found && name !== "list") found[name] = value;
    else found.setAttribute(name, value);
  }
  found.append(...inner.filter((one) => one !== null && one !== ""));
  return found;
}

function shape(tag, settings = {}, text = "") {
  const found = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(settings)) found.setAttribute(name, value);
  if (text) found.textContent = text;
  return found;
}

// A drawing as wide as its place, with words for those who do not see it; blank: they hear it
// elsewhere.
function drawing(place, height, told) {
  const width = Math.max(240, Math.floor(place.clientWidth || 640));
  const svg = shape("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  if (told) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", told);
  } else svg.setAttribute("aria-hidden", "true");
  place.replaceChildren(svg);
  return { svg, width, height };
}

// Round numbers between two ends, about as many as asked for.
function ticks(low, high, most) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-9; at += step) found.push(at);
  return found;
}

// Where dots lie: stacks of equally likely values, each as wide as a dot.
function stacked(sorted, width) {
  const found = [];
  let start = -Infinity;
  let own = [];
  const put = () => {
    const middle = own.reduce((sum, one) => sum + one, 0) / own.length;
    own.forEach((_, row) => found.push({ x: middle, row }));
  };
  for (const value of sorted) {
    if (value - start > width && own.length) {
      put();
      own = [];
    }
    if (!own.length) start = value;
    own.push(value);
  }
  if (own.length) put();
  return found;
}

// Scales and shapes of the headline's drawing, for the page and the picture alike.
function dotplot(dots, numbers, width, height) {
  const ends = [Math.min(dots[0], numbers.q05), Math.max(dots[dots.length - 1], numbers.q95)];
  const margin = 0.06 * (ends[1] - ends[0] || Math.abs(ends[1]) || 1);
  const [low, high] = [ends[0] - margin, ends[1] + margin];
  const x = (value) => 16 + ((value - low) / (high - low)) * (width - 32);
  const floor = height - 50;
  const lay = (size) => stacked(dots, (size / (width - 32)) * (high - low));
  const tall = (size) => (Math.max(...lay(size).map((one) => one.row)) + 1) * size;
  // the largest dots whose stacks fit
  let size = Math.min(30, height / 6);
  while (size > 2 && tall(size) > floor - 14) size -= 0.5;
  const laid = lay(size);
  return {
    circles: laid.map((one) => ({ x: x(one.x), y: floor - 12 - (one.row + 0.5) * size })),
    radius: size * 0.46, floor, x,
    ticks: ticks(low, high, Math.max(3, Math.floor(width / 110))),
  };
}

function drawDots(place, dots, numbers, currency, told) {
  const { svg, width, height } = drawing(place, 210, told);
  const plot = dotplot(dots, numbers, width, height);
  for (const one of plot.circles) {
    svg.append(shape("circle", { cx: one.x, cy: one.y, r: plot.radius, class: "dot" }));
  }
  const y = plot.floor + 2;
  for (const [from, to, name] of [["q05", "q95", "thin"], ["q25", "q75", "thick"]]) {
    const ends = { x1: plot.x(numbers[from]), x2: plot.x(numbers[to]), y1: y, y2: y };
    svg.append(shape("line", { ...ends, class: name }));
  }
  svg.append(shape("circle", { cx: plot.x(numbers.q50), cy: y, r: 5, class: "median" }));
  svg.append(shape("line", { x1: 8, x2: width - 8, y1: y + 14, y2: y + 14, class: "axis" }));
  for (const one of plot.ticks) {
    svg.append(shape("line", { x1: plot.x(one), x2: plot.x(one), y1: y + 14, y2: y + 19, class: "axis" }));
    const text = tickText(one, currency);
    svg.append(shape("text", { x: plot.x(one), y: y + 35, "text-anchor": "middle" }, text));
  }
}

function tickText(value, currency) {
  const size = Math.abs(value);
  const scale = size >= 1e9 ? 1e9 : size >= 1e6 ? 1e6 : 1;
  const word = { 1e9: patterns.billion, 1e6: patterns.million, 1: "" }[scale];
  const number = rounded(value / scale, scale === 1e9 && (value / scale) % 1 ? 0.1 : 1);
  const pattern = currency === "usd" ? words.money : words.money_other;
  return signed(fill(pattern, { number, scale: word, code: currency.toUpperCase() }));
}

// Shares of weighted draws in equal bins, smoothed a little.
function curve(draws, weights, low, high, bins) {
  const found = new Float64Array(bins);
  for (let i = 0; i < draws.length; i += 1) {
    const bin = Math.floor(((draws[i] - low) / (high - low)) * bins);
    if (bin >= 0 && bin < bins) found[bin] += weights ? weights[i] : 1 / draws.length;
  }
  return smoothed(found);
}

function smoothed(shares) {
  const kernel = [1, 4, 7, 4, 1];
  return Array.from(shares, (_, bin) => {
    let [sum, whole] = [0, 0];
    kernel.forEach((part, place) => {
      const other = bin + place - 2;
      if (other < 0 || other >= shares.length) return;
      sum += part * shares[other];
      whole += part;
    });
    return sum / whole;
  });
}

// Prior as a grey area, posterior as a blue one, what is set as a dashed orange line.
function drawCurves(place, lever, state, weights) {
  const { svg, width } = drawing(place, 74, "");
  const bins = lever.prior.length;
  const prior = smoothed(lever.prior);
  const posterior = curve(values(lever.draws), null, lever.low, lever.high, bins);
  const top = Math.max(...prior, ...posterior);
  const shares = weights ? curve(values(lever.draws), weights, lever.low, lever.high, bins) : null;
  // a narrow curve is drawn lower than it is, so that all of it shows
  const now = shares && shares.map((one) => one * Math.min(1, top / Math.max(...shares)));
  const x = (bin) => 8 + ((bin + 0.5) / bins) * (width - 16);
  const path = (shares) =>
    shares.map((one, bin) => `${x(bin).toFixed(1)},${(68 - 62 * Math.min(1, one / top)).toFixed(1)}`);
  const area = (shares) => `M${x(0)},68L${path(shares).join("L")}L${x(bins - 1)},68Z`;
  svg.append(shape("path", { d: area(prior), class: "prior" }));
  svg.append(shape("path", { d: area(posterior), class: "posterior" }));
  if (now) svg.append(shape("path", { d: `M${path(now).join("L")}`, class: "now" }));
  if (lever.key in state.levers) {
    const part = (state.levers[lever.key] - lever.low) / (lever.high - lever.low);
    const at = 8 + part * (width - 16);
    svg.append(shape("line", { x1: at, x2: at, y1: 2, y2: 70, class: "held" }));
  }
  svg.append(shape("line", { x1: 8, x2: width - 8, y1: 68.5, y2: 68.5, class: "axis" }));
}
