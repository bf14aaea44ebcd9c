// Us and others on one axis, and what follows if one of them is believed.

const otherPanel = {
  build(root) {
    const rows = [true, false].flatMap((whole) => {
      const own = data.others.filter((one) => one.whole === whole);
      if (!own.length) return [];
      const head = make("li", { className: whole ? "head" : "head unprinted" }, make("h3", {}, whole ? words.others.whole : words.others.apart));
      return [head, ...own.map(otherPanel.row)];
    });
    root.append(make("section", { id: "others", "aria-labelledby": "others-title" },
      make("h2", { id: "others-title" }, words.headings.others),
      make("p", { className: "faint" }, words.others.intro),
      make("ul", { className: "list axis-list" },
        make("li", { className: "pair" },
          make("div", {}, make("strong", {}, words.others.us), make("br"), make("span", { className: "faint", id: "us-measures" })),
          make("div", { className: "drawn", id: "us-drawn" }), make("div", { id: "us-said" })),
        ...rows)));
  },

  row(one) {
    const name = one.url ? make("a", { href: one.url, rel: "noopener noreferrer", target: "_blank" }, one.name) : make("strong", {}, one.name);
    const ours = one.ours ? `${words.others.ours}: ${fill(words.others.range, { low: rounded(one.ours[0], 1), high: rounded(one.ours[2], 1) })}` : "";
    return make("li", { className: one.whole ? "pair" : "pair unprinted" },
      make("div", {}, name, make("br"), make("span", { className: "faint" }, one.measures)),
      make("div", { className: "drawn", id: `drawn-${one.key}` }),
      make("div", {}, one.printed, one.grade ? `, ${one.grade}` : "", make("br"), make("span", { className: "faint" }, ours)));
  },

  ends() {
    const all = data.others.flatMap((one) => [one.low, one.high, ...(one.ours ?? [])]);
    const own = data.table[data.start.when][data.start.what].usd;
    all.push(own.q05 / 1e6, own.q95 / 1e6);
    const positive = all.filter((one) => one > 0);
    return [Math.min(...positive) / 1.3, Math.max(...positive) * 1.3];
  },

  show(found) {
    const { state, numbers, borne, period } = found;
    const [low, high] = otherPanel.ends();
    const dollars = state.in === "usd" ? 1 : 1 / (period.per_usd * (state.rate ?? 1));
    const us = ["q05", "q50", "q95"].map((name) => (numbers[name] * dollars) / 1e6);
    document.getElementById("us-measures").textContent = `${definitionOf(state.what).name}, ${whenText(period)}`;
    const said = fill(words.others.range, { low: rounded(us[0], roundingUnit(us[0], us[2])), high: rounded(us[2], roundingUnit(us[0], us[2])) });
    document.getElementById("us-said").textContent = borne ? said : words.no_number;
    otherPanel.draw(document.getElementById("us-drawn"), low, high, borne ? us : null, null, false);
    for (const one of data.others) {
      const place = document.getElementById(`drawn-${one.key}`);
      otherPanel.draw(place, low, high, one.ours, one, one.whole && one.ours !== null);
    }
  },

  draw(place, low, high, ours, other, compared) {
    const { svg, width } = drawing(place, other ? 18 : 34, "");
    const inside = (value) => Math.min(Math.max(value, low), high);
    const x = (value) => 6 + (Math.log(inside(value) / low) / Math.log(high / low)) * (width - 12);
    const round = [1, 2, 5].filter((one) => one === 1 || width > 380);
    for (const one of [1, 10, 100, 1000, 10000].flatMap((ten) => round.map((part) => part * ten))) {
      if (one < low || one > high) continue;
      svg.append(shape("line", { x1: x(one), x2: x(one), y1: 0, y2: 18, class: "grid" }));
      if (!other) svg.append(shape("text", { x: x(one), y: 31, "text-anchor": "middle", class: "small" }, rounded(one, 1)));
    }
    if (ours) {
      svg.append(shape("line", { x1: x(ours[0]), x2: x(ours[2]), y1: 9, y2: 9, class: "band" }));
      svg.append(shape("line", { x1: x(ours[1]), x2: x(ours[1]), y1: 2, y2: 16, class: "middle" }));
    }
    if (!other) return;
    const name = compared ? "published" : "silent";
    svg.append(shape("line", { x1: x(other.low), x2: x(other.high), y1: 9, y2: 9, class: name }));
    // a diamond, so that colour is not all that tells it apart
    const at = x(other.middle);
    svg.append(shape("path", { d: `M${at - 5},9L${at},4L${at + 5},9L${at},14Z`, class: `${name} mark` }));
  },
};

const believePanel = {
  build(root, change) {
    const list = make("select", { id: "believe", on: { change: (event) => change({ believe: event.target.value }) } },
      make("option", { value: "" }, words.believe.nobody));
    for (const one of data.others) {
      if (one.key !== "press arithmetic") list.append(make("option", { value: one.key }, `${one.name}: ${one.printed}`));
    }
    root.append(make("section", { id: "belief", "aria-labelledby": "believe-title" },
      make("h2", { id: "believe-title" }, words.headings.believe),
      make("label", { className: "choice controls" }, make("span", {}, words.believe.choose), list),
      make("p", { id: "believed", role: "status" }),
      data.checked ? make("p", { className: "faint" }, words.believe.alone)
        : make("div", {}, make("p", { className: "faint" }, words.believe.unchecked), make("pre", {}, data.commands.believed))));
  },

  show({ state }) {
    document.getElementById("believe").value = state.believe;
    document.getElementById("believed").textContent = believePanel.said(state.believe);
  },

  said(key) {
    const one = data.others.find((other) => other.key === key);
    if (!one || !data.checked) return "";
    const about = { name: one.name, printed: one.printed, year: data.start.when };
    if (!one.believed) return fill(words.believe.unknown, about);
    if (!one.believed.numbers) return fill(words.believe.unreached, about);
    const before = data.table[data.start.when][data.start.what].usd;
    const then = fill(words.believe.then, { ...about, ...amounts(one.believed.numbers, "usd"), was: amounts(before, "usd").amount });
    return one.believed.moves ? `${then} ${fill(words.believe.moves, { moves: one.believed.moves })}` : then;
  },
};
