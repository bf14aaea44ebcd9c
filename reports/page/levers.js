// Sliders of quantities, of the exchange rate and of the readings' weights.

function slider(id, name, range, act) {
  return make("input", {
    type: "range", id, min: range.low, max: range.high, step: range.step,
    "aria-label": name, on: { input: (event) => act(Number(event.target.value)) },
  });
}

function released(id, name, act) {
  return make("button", { type: "button", id, "aria-label": fill(words.release_one, { name }), on: { click: act } }, words.release);
}

// A value in round numbers, inside a slider's ends.
function rounder(value, range) {
  const text = Number(value.toPrecision(3));
  return Math.min(range.high, Math.max(range.low, text));
}

const leverPanel = {
  build(root, change) {
    const cards = data.levers.map((lever) => leverPanel.card(lever, change));
    if (data.rate) cards.push(leverPanel.rate(change));
    root.append(make("section", { id: "levers", "aria-labelledby": "levers-title", className: "controls" },
      make("h2", { id: "levers-title" }, words.headings.levers),
      make("p", { className: "faint" }, words.levers.intro),
      make("div", { className: "cards" }, ...cards)));
  },

  card(lever, change) {
    const range = { low: lever.low, high: lever.high, step: (lever.high - lever.low) / lever.steps };
    const hold = (value) => change((state) => { state.levers[lever.key] = rounder(value, range); });
    return make("div", { className: "card", id: `card-${lever.key}` },
      make("h3", {}, lever.name),
      make("p", { className: "faint" }, lever.means),
      make("div", { className: "drawn", id: `curve-${lever.key}` }),
      slider(`lever-${lever.key}`, lever.name, range, hold),
      make("div", { className: "row" },
        make("output", { id: `value-${lever.key}` }),
        released(`release-${lever.key}`, lever.name, () => change((state) => { delete state.levers[lever.key]; }))));
  },

  rate(change) {
    const rate = data.rate;
    // factors, in even steps of their logs
    const step = (Math.log(rate.high) - Math.log(rate.low)) / rate.steps;
    const range = { low: Math.log(rate.low), high: Math.log(rate.high), step };
    const set = (value) => change((state) => {
      const factor = rounder(Math.exp(value), rate);
      state.rate = Math.abs(factor - 1) < 0.004 ? null : factor;
    });
    return make("div", { className: "card", id: "card-rate" },
      make("h3", {}, rate.name),
      make("p", { className: "faint" }, rate.means),
      slider("lever-rate", rate.name, range, set),
      make("div", { className: "row" },
        make("output", { id: "value-rate" }),
        released("release-rate", rate.name, () => change((state) => { state.rate = null; }))));
  },

  show(found) {
    const { state, weighing } = found;
    const at = (id) => document.getElementById(id);
    for (const lever of data.levers) {
      const held = lever.key in state.levers;
      const [low, high] = lever.interval.map((one) => leverText({ ...lever, unit: "" }, one));
      const free = fill(words.levers.span, { middle: leverText(lever, lever.at), low, high });
      const said = held ? fill(words.levers.at, { value: leverText(lever, state.levers[lever.key]) })
        : `${words.levers.free}: ${free}`;
      at(`value-${lever.key}`).textContent = said;
      const input = at(`lever-${lever.key}`);
      if (document.activeElement !== input || !held) input.value = held ? state.levers[lever.key] : lever.at;
      input.setAttribute("aria-valuetext", said);
      at(`card-${lever.key}`).classList.toggle("set", held);
      at(`release-${lever.key}`).hidden = !held;
      drawCurves(at(`curve-${lever.key}`), lever, state, weighed(state) ? weighing.weights : null);
    }
    if (!data.rate) return;
    const factor = state.rate ?? 1;
    const value = data.rate.base ? rateText(1) : words.levers.rate.actual_times;
    const said = state.rate === null ? fill(words.levers.rate.actual, { value }) : rateText(factor);
    at("value-rate").textContent = said;
    if (document.activeElement !== at("lever-rate") || state.rate === null) at("lever-rate").value = Math.log(factor);
    at("lever-rate").setAttribute("aria-valuetext", said);
    at("card-rate").classList.toggle("set", state.rate !== null);
    at("release-rate").hidden = state.rate === null;
  },
};

const readingPanel = {
  build(root, change) {
    if (data.readings.length < 2) return;
    const items = data.readings.map((one) => make("li", { className: "card", id: `card-reading-${one.key}` },
      make("h3", {}, one.title),
      slider(`reading-${one.key}`, fill(words.readings.weight, { title: one.title }), { low: 0, high: 100, step: 1 },
        (value) => change((state) => readingPanel.set(state, one.key, value / 100))),
      make("div", { className: "row" },
        make("output", { id: `weight-${one.key}` }),
        released(`release-reading-${one.key}`, one.title, () => change((state) => { delete state.readings[one.key]; }))),
      make("details", {}, make("summary", {}, words.readings.why), make("p", {}, one.basis))));
    root.append(make("section", { id: "readings", "aria-labelledby": "readings-title", className: "controls" },
      make("h2", { id: "readings-title" }, words.headings.readings),
      make("p", { className: "faint" }, words.readings.intro),
      make("ul", { className: "cards small-cards" }, ...items)));
  },

  // At most what the others that were told leave; if all would be told, the rest is taken evenly.
  set(state, key, weight) {
    const others = Object.entries(state.readings).filter(([name]) => name !== key);
    const told = others.reduce((sum, [, one]) => sum + one, 0);
    state.readings[key] = weight;
    const all = Object.keys(state.readings).length === data.readings.length;
    if (told + weight <= 1 && !all) return;
    for (const [name, one] of others) {
      state.readings[name] = told > 0 ? ((1 - weight) * one) / told : (1 - weight) / others.length;
    }
  },

  show({ state }) {
    if (data.readings.length < 2) return;
    readingWeights(state.readings).forEach((weight, place) => {
      const { key } = data.readings[place];
      const said = patterns.percent_sign.replace("{}", rounded(100 * weight, 1));
      document.getElementById(`weight-${key}`).textContent = said;
      const input = document.getElementById(`reading-${key}`);
      if (document.activeElement !== input) input.value = 100 * weight;
      input.setAttribute("aria-valuetext", said);
      document.getElementById(`card-reading-${key}`).classList.toggle("set", key in state.readings);
      document.getElementById(`release-reading-${key}`).hidden = !(key in state.readings);
    });
  },
};
