// The answer under what is set, in words, dots and range.

// Numbers of a period and a definition: the run's own, or those of the draws as weighed.
function numbersOf(definition, period, state, weighing) {
  if (!changed(state)) return data.table[period.key][definition][state.in];
  return summary(money(definition, period, state), weighing.weights);
}

function answered(state) {
  const period = periodOf(state.when);
  const weighing = weigh(state);
  const reliable = weighing.shape <= data.limits.shape && !weighing.unreached.length;
  const borne = reliable && weighing.effective >= data.limits.bearable;
  const draws = money(state.what, period, state);
  const levels = Array.from({ length: data.limits.dots }, (_, n) => (n + 0.5) / data.limits.dots);
  return {
    state, period, weighing,
    // without new weights there is nothing that the draws would have to bear
    borne: borne || !weighed(state),
    numbers: numbersOf(state.what, period, state, weighing),
    estimate: data.table[period.key][state.what][state.in],
    dots: quantiles(draws, weighing.weights, levels),
  };
}

function whenText(period) {
  return period.projected ? `${period.label} (${words.projected})` : period.label;
}

function sentence(found) {
  const { state, period } = found;
  const said = conditions(state).join(words.list_and);
  if (!found.borne) return fill(words.sentence_none, { conditions: said });
  const values = {
    conditions: said, when: whenText(period), what: lower(definitionOf(state.what).name),
    ...amounts(found.numbers, state.in),
  };
  return fill(said ? words.sentence_if : words.sentence, values);
}

function verdict(found) {
  const { weighing, state } = found;
  if (!weighed(state)) return "";
  if (weighing.unreached.length) {
    return fill(words.unreached, { names: weighing.unreached.map((one) => one.name).join("; ") });
  }
  if (weighing.shape > data.limits.shape) {
    return fill(words.unreliable, { shape: rounded(Math.min(weighing.shape, 99), 0.01) });
  }
  if (!found.borne) return fill(words.too_few, { bearable: data.limits.bearable });
  return weighing.effective < data.limits.firm ? words.rough : words.plenty;
}

// The answer of a stored refit, if all that is set is one source left out.
function storedRefit(state) {
  const others = changed({ ...state, off: new Set() });
  const start = state.what === data.start.what && state.when === data.start.when;
  if (state.off.size !== 1 || others || !start) return "";
  const [key] = state.off;
  const { refit } = data.sources.find((one) => one.key === key);
  return refit ? sourcePanel.refit(refit) : "";
}

function effectiveText(found) {
  return fill(words.effective, {
    effective: rounded(found.weighing.effective, 1), count: rounded(data.draws.of, 1),
  });
}

const answerPanel = {
  build(root, change) {
    const choice = (name, options) => {
      const list = make("select", { id: name, on: { change: (event) => change({ [name]: event.target.value }) } });
      for (const [value, text] of options) list.append(make("option", { value }, text));
      return make("label", { className: "choice" }, make("span", {}, words[name]), list);
    };
    const currencies = data.currencies.map((one) => [one, one === "usd" ? words.dollars : one.toUpperCase()]);
    const section = make("section", { id: "answer", "aria-labelledby": "answer-title" },
      make("h2", { id: "answer-title" }, words.headings.answer),
      make("div", { className: "bar", id: "bar" },
        make("strong", { id: "number" }), make("span", { id: "interval" }),
        make("span", { id: "effective" }),
        make("button", { type: "button", id: "reset", on: { click: () => change("reset") } }, words.reset)),
      make("p", { id: "sentence", className: "sentence" }),
      make("p", { id: "half" }),
      make("p", { id: "verdict", className: "verdict" }),
      make("div", { className: "choices" },
        choice("what", data.definitions.map((one) => [one.key, one.name])),
        choice("when", data.periods.map((one) => [one.key, whenText(one)])),
        choice("in", currencies)),
      make("div", { id: "dots", className: "drawn" }),
      make("p", { className: "faint", id: "dots-told" }),
      make("p", { className: "faint", id: "meaning" }));
    root.append(section);
  },

  show(found) {
    const { state, numbers, borne } = found;
    const at = (id) => document.getElementById(id);
    const section = at("answer");
    const said = amounts(numbers, state.in);
    const text = fill(words.interval, said);
    at("number").textContent = borne ? said.amount : words.no_number;
    at("interval").textContent = borne ? text : "";
    at("effective").textContent = effectiveText(found);
    at("reset").hidden = !changed(state);
    at("sentence").textContent = sentence(found);
    const half = amounts({ q50: numbers.q50, q05: numbers.q25, q95: numbers.q75 }, state.in);
    const before = fill(words.was, amounts(found.estimate, state.in));
    at("half").textContent = [borne ? fill(words.half, half) : "", changed(state) ? before : ""].join(" ").trim();
    at("verdict").textContent = [verdict(found), storedRefit(state)].filter(Boolean).join(" ");
    at("verdict").classList.toggle("bad", !borne);
    for (const name of ["what", "when", "in"]) at(name).value = state[name];
    section.classList.toggle("unborne", !borne);
    // for tests, and whoever reads the page by a program
    for (const [name, value] of Object.entries(numbers)) section.dataset[name] = borne ? value : "";
    section.dataset.effective = found.weighing.effective;
    const what = lower(definitionOf(state.what).name);
    const alt = fill(words.dots_alt, { dots: data.limits.dots, what, when: whenText(found.period), ...half });
    if (borne) drawDots(at("dots"), found.dots, numbers, state.in, alt);
    else at("dots").replaceChildren();
    at("dots-told").textContent = borne ? fill(words.dots, { dots: data.limits.dots }) : "";
    const meaning = definitionOf(state.what);
    at("meaning").textContent = fill(words.means, { name: meaning.name, means: meaning.means });
  },
};
