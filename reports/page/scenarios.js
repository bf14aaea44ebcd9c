// Scenarios beside what happened, up to four at a time; years past the data are hatched.

const scenarioPanel = {
  build(root, change) {
    const section = make("section", { id: "scenarios", "aria-labelledby": "scenarios-title" },
      make("h2", { id: "scenarios-title" }, words.headings.scenarios));
    root.append(section);
    if (!data.scenarios.length) {
      section.append(make("p", {}, words.scenarios.none));
      return;
    }
    const most = data.limits.beside;
    const boxes = data.scenarios.map((one, place) => {
      const flip = (event) => change((state) => {
        if (event.target.checked) state.beside = [...state.beside, one.key].slice(-most);
        else state.beside = state.beside.filter((key) => key !== one.key);
      });
      const box = make("input", { type: "checkbox", id: `beside-${place}`, on: { change: flip } });
      return make("label", { className: "pick" }, box, ` ${one.title}`);
    });
    section.append(
      make("p", { className: "faint controls" }, fill(words.scenarios.intro, { most })),
      make("div", { className: "picks controls" }, ...boxes),
      make("div", { className: "beside", id: "beside" }),
      make("p", { className: "faint" }, words.scenarios.legend));
  },

  show(found) {
    const { state } = found;
    if (!data.scenarios.length) return;
    const full = state.beside.length >= data.limits.beside;
    data.scenarios.forEach((one, place) => {
      const box = document.getElementById(`beside-${place}`);
      box.checked = state.beside.includes(one.key);
      box.disabled = full && !box.checked;
    });
    const chosen = state.beside.map(scenarioOf);
    const told = chosen.map((one) => scenarioPanel.years(one, found));
    const tops = told.flatMap((years) => years.flatMap((year) => [year.ours.q95, year.before?.q95 ?? 0]));
    const top = Math.max(...tops);
    const place = document.getElementById("beside");
    place.replaceChildren(...chosen.map((one) => scenarioPanel.card(one, found)));
    chosen.forEach((one, at) => scenarioPanel.draw(place.children[at].querySelector(".drawn"), one, told[at], top, found));
  },

  // Numbers of each year of a scenario, and of what happened.
  years(one, found) {
    const { state, weighing } = found;
    return one.years.map((year) => {
      const period = periodOf(year.key);
      const before = period ? numbersOf(state.what, period, { ...state, rate: null }, weighing) : null;
      const column = one.draws[year.key]?.[state.what];
      let ours = before;
      if (!weighed(state)) ours = one.table[year.key][state.what][state.in];
      else if (column) ours = summary(inCurrency(values(column), year, { ...state, rate: null }), weighing.weights);
      return { year, ours, before };
    });
  },

  card(one, found) {
    const sources = one.sources.map((source) => (source.url
      ? make("a", { href: source.url, rel: "noopener noreferrer", target: "_blank" }, source.title)
      : make("span", {}, source.title)));
    const links = sources.flatMap((source, place) => (place ? ["; ", source] : [source]));
    return make("article", { className: "card" },
      make("h3", {}, one.title),
      make("div", { className: "drawn" }),
      make("p", { className: "change" }, scenarioPanel.stake(one, found)),
      make("p", { className: "unprinted" }, one.description),
      make("p", { className: "faint unprinted" }, fill(words.scenarios.changes, { changes: one.changes.join("; ") })),
      one.basis || links.length
        ? make("p", { className: "faint unprinted" }, fill(words.scenarios.basis, { basis: one.basis }), " ", ...links) : null);
  },

  stake(one, found) {
    const { state, weighing, borne } = found;
    if (!borne) return words.scenarios.too_few;
    const draws = values(one.apart[state.what]);
    const stored = one.stake[state.what];
    let numbers = stored;
    let chance = stored.probability_higher;
    if (weighed(state)) {
      numbers = summary(draws, weighing.weights);
      chance = draws.reduce((sum, draw, i) => (draw > 0 ? sum + weighing.weights[i] : sum), 0);
    }
    const months = { from: one.from, to: one.to };
    if (numbers.q05 === 0 && numbers.q95 === 0) return fill(words.scenarios.unchanged, months);
    const less = numbers.q95 < 0;
    const text = less ? words.scenarios.less : numbers.q05 > 0 ? words.scenarios.more : words.scenarios.change;
    const sizes = less ? { q50: -numbers.q50, q05: -numbers.q95, q95: -numbers.q05 } : numbers;
    const said = fill(text, { ...months, ...amounts(sizes, "usd") });
    return `${said} ${fill(words.scenarios.chance, { chance: percent(chance) })}`;
  },

  draw(place, one, years, top, found) {
    const { state, borne } = found;
    const told = years.map(({ year, ours }) => fill(words.scenarios.alt_one, { year: year.key, ...amounts(ours, state.in) }));
    const alt = borne ? fill(words.scenarios.alt, { title: one.title, years: told.join("; ") }) : words.scenarios.too_few;
    const { svg, width, height } = drawing(place, 190, alt);
    const [left, floor, ceiling] = [38, height - 24, 24];
    const step = (width - left - 6) / years.length;
    const y = (value) => floor - ((floor - ceiling) * Math.max(value, 0)) / (top || 1);
    const id = `hatch-${one.key}`;
    const hatch = shape("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
    hatch.append(shape("rect", { width: 6, height: 6, class: "hatch-back" }), shape("line", { x1: 0, x2: 0, y1: 0, y2: 6, class: "hatch" }));
    svg.append(hatch);
    const scale = top >= 1e9 ? 1e9 : top >= 1e6 ? 1e6 : 1;
    const unit = { scale: { 1e9: patterns.billion, 1e6: patterns.million, 1: "" }[scale], code: state.in.toUpperCase() };
    const caption = fill(state.in === "usd" ? words.money : words.money_other, { number: "", ...unit });
    svg.append(shape("text", { x: 0, y: 13, class: "small" }, caption));
    for (const value of ticks(0, top || 1, 3)) {
      svg.append(shape("line", { x1: left, x2: width, y1: y(value), y2: y(value), class: "grid" }));
      const number = rounded(value / scale, top / scale < 5 ? 0.1 : 1);
      svg.append(shape("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end", class: "small" }, number));
    }
    years.forEach(({ year, ours, before }, n) => {
      const middle = left + step * (n + 0.5);
      if (year.projected) {
        const box = { x: middle - step / 2, y: ceiling, width: step, height: floor - ceiling };
        svg.append(shape("rect", { ...box, fill: `url(#${CSS.escape(id)})`, class: "projected" }));
      }
      svg.append(shape("text", { x: middle, y: height - 8, "text-anchor": "middle", class: "small" }, step < 42 ? `’${year.key.slice(2)}` : year.key));
      if (!borne) return;
      if (before) scenarioPanel.range(svg, middle - Math.min(7, step / 5), y, before, "happened");
      scenarioPanel.range(svg, middle + Math.min(7, step / 5), y, ours, "scenario");
    });
  },

  range(svg, x, y, numbers, name) {
    svg.append(shape("line", { x1: x, x2: x, y1: y(numbers.q05), y2: y(numbers.q95), class: name }));
    const settings = { class: `${name} end` };
    // what happened is a ring, the scenario a square
    if (name === "happened") svg.append(shape("circle", { cx: x, cy: y(numbers.q50), r: 4, ...settings }));
    else svg.append(shape("rect", { x: x - 4, y: y(numbers.q50) - 4, width: 8, height: 8, ...settings }));
  },
};
