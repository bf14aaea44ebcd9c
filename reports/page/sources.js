// Sources that may be switched off, trust in their letters, and stored refits without each.

const sourcePanel = {
  build(root, change) {
    const section = make("section", { id: "sources", "aria-labelledby": "sources-title", className: "controls" },
      make("h2", { id: "sources-title" }, words.headings.sources));
    root.append(section);
    if (!data.sources.length) {
      section.append(make("p", {}, words.sources.none));
      return;
    }
    section.append(
      make("p", { className: "faint" }, words.sources.intro),
      make("div", { className: "cards small-cards" }, ...letters.map((letter) => sourcePanel.trust(letter, change))),
      sourcePanel.about(),
      make("ul", { className: "list" }, ...data.sources.map((one) => sourcePanel.item(one, change))));
  },

  about() {
    if (!data.sources.some((one) => one.refit)) {
      return make("div", {}, make("p", { className: "faint" }, words.sources.unchecked), make("pre", {}, data.commands.refits));
    }
    const text = data.refits_of ? words.sources.refit_of : words.sources.refit_one;
    return make("p", { className: "faint" }, fill(text, { year: data.start.when, title: data.refits_of }));
  },

  trust(letter, change) {
    const name = fill(words.sources.trust, { letter });
    const range = { low: 0, high: 2, step: 0.25 };
    return make("div", { className: "card", id: `card-trust-${letter}` },
      make("h3", {}, name),
      slider(`trust-${letter}`, name, range, (value) => change((state) => {
        if (value === 1) delete state.trust[letter];
        else state.trust[letter] = value;
      })),
      make("div", { className: "row" }, make("output", { id: `trusted-${letter}` }),
        released(`release-trust-${letter}`, name, () => change((state) => { delete state.trust[letter]; }))));
  },

  item(source, change) {
    const id = `source-${data.sources.indexOf(source)}`;
    const flip = (event) => change((state) => {
      if (event.target.checked) state.off.delete(source.key);
      else state.off.add(source.key);
    });
    const box = make("input", { type: "checkbox", id, checked: true, on: { change: flip } });
    const claims = source.claims.map((one) => make("li", {},
      make("strong", {}, `${one.said}: `), `${one.text}. ${one.grade}.`, make("span", { className: "faint" }, ` ${one.note}`)));
    const link = source.url
      ? make("p", {}, make("a", { href: source.url, rel: "noopener noreferrer", target: "_blank" }, words.sources.open),
        make("span", { className: "faint" }, ` ${source.url}`))
      : null;
    return make("li", { id: `item-${id}` },
      make("div", { className: "row" },
        make("label", { htmlFor: id }, box, make("strong", {}, ` ${source.place || source.key} `),
          make("span", {}, source.title)),
        make("span", { className: "tag" }, source.letters.join(", ")),
        make("span", { className: "tag", id: `state-${id}` })),
      make("details", {}, make("summary", {}, words.sources.claims), make("ul", {}, ...claims), link,
        source.refit ? make("p", { className: "faint" }, sourcePanel.refit(source.refit)) : null));
  },

  refit(numbers) {
    const text = numbers.reliable ? words.sources.refit : words.sources.refit_doubtful;
    return fill(text, amounts(numbers, "usd"));
  },

  show({ state }) {
    for (const letter of letters) {
      const value = state.trust[letter] ?? 1;
      const input = document.getElementById(`trust-${letter}`);
      input.value = value;
      const said = value === 1 ? words.sources.graded : fill(words.sources.times, { value: factorText(value) });
      input.setAttribute("aria-valuetext", said);
      document.getElementById(`trusted-${letter}`).textContent = said;
      document.getElementById(`card-trust-${letter}`).classList.toggle("set", letter in state.trust);
      document.getElementById(`release-trust-${letter}`).hidden = !(letter in state.trust);
    }
    data.sources.forEach((source, place) => {
      const off = state.off.has(source.key);
      document.getElementById(`source-${place}`).checked = !off;
      document.getElementById(`state-source-${place}`).textContent = off ? words.sources.off : words.sources.counts;
      document.getElementById(`item-source-${place}`).classList.toggle("set", off);
    });
  },
};
