// What a reader takes along: the sentence, a picture, a table, the command, the address.

const takingPanel = {
  build(root) {
    const button = (name, act) => make("button", { type: "button", id: `take-${name}`, on: { click: act } }, words.taking[name]);
    root.append(make("section", { id: "taking", className: "unprinted", "aria-labelledby": "taking-title" },
      make("h2", { id: "taking-title" }, words.headings.taking),
      make("div", { className: "buttons controls" },
        button("sentence", () => takingPanel.copy(takingPanel.sentence())),
        button("picture", () => takingPanel.picture()),
        button("table", () => save(takingPanel.table(), "text/csv", "csv")),
        button("command", () => takingPanel.copy(document.getElementById("command").textContent)),
        button("link", () => takingPanel.copy(window.location.href)),
        button("print", () => window.print())),
      make("p", { id: "took", role: "status", className: "faint" }),
      make("h3", { id: "refit" }, words.refit),
      make("p", { className: "faint" }, words.refit_how),
      make("pre", { id: "command", tabIndex: 0 })));
  },

  show(found) {
    takingPanel.found = found;
    document.getElementById("command").textContent = command(found.state);
  },

  // With what a number must not travel without: that it is no estimate, and where it is from.
  sentence() {
    const { found } = takingPanel;
    const warning = data.converged ? [] : [data.warning];
    const rough = weighed(found.state) ? [fill("{verdict} {effective}.", { verdict: verdict(found), effective: effectiveText(found) })] : [];
    return [...warning, sentence(found), ...rough, `[${takingPanel.source()}]`].join(" ");
  },

  source() {
    return fill(words.taking.source, { case: data.case, run: data.run });
  },

  copy(text) {
    const told = (done) => { document.getElementById("took").textContent = done ? words.taking.copied : words.taking.by_hand; };
    const old = () => {
      const box = make("textarea", { value: text, className: "unseen" });
      document.body.append(box);
      box.select();
      told(document.execCommand("copy"));
      box.remove();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => told(true), old);
    else old();
  },

  table() {
    const { state, weighing, borne } = takingPanel.found;
    const said = conditions(state).join(words.list_and);
    const names = Object.keys(LEVELS);
    const lines = [["period", "projected", "definition", "currency", ...names, "conditions", "effective_draws", "converged", "run"]];
    for (const period of data.periods) {
      for (const definition of data.definitions) {
        const numbers = borne ? numbersOf(definition.key, period, state, weighing) : {};
        lines.push([
          period.key, period.projected, definition.key, state.in.toUpperCase(),
          ...names.map((name) => (borne ? Number(numbers[name].toPrecision(8)) : "")),
          said, Math.round(weighing.effective), data.converged, data.run,
        ]);
      }
    }
    return `${lines.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
  },

  picture() {
    const { found } = takingPanel;
    const [width, height] = [1200, 675];
    const canvas = make("canvas", { width, height });
    const pen = canvas.getContext("2d");
    const write = (text, y, font, colour) => {
      pen.font = `${font} "Source Sans 3", system-ui, sans-serif`;
      pen.fillStyle = colour;
      for (const line of lines(pen, text, width - 80)) {
        pen.fillText(line, 40, y);
        y += Number.parseInt(font.match(/(\d+)px/)[1], 10) * 1.3;
      }
      return y;
    };
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, width, height);
    let y = write(sentence(found), 64, "600 30px", "#202124");
    if (weighed(found.state)) y = write(`${verdict(found)} ${effectiveText(found)}.`, y + 6, "22px", "#B34A00");
    if (!data.converged) y = write(data.warning, y + 6, "22px", "#B34A00");
    if (found.borne) takingPanel.paint(pen, found, 40, y, width - 80, height - 70 - y);
    write(takingPanel.source(), height - 28, "18px", "#5F6368");
    canvas.toBlob((blob) => save(blob, "image/png", "png"));
  },

  paint(pen, found, left, top, width, height) {
    const plot = dotplot(found.dots, found.numbers, width, height);
    pen.save();
    pen.translate(left, top);
    pen.fillStyle = "#0072B2";
    for (const one of plot.circles) {
      pen.beginPath();
      pen.arc(one.x, one.y, plot.radius, 0, 2 * Math.PI);
      pen.fill();
    }
    pen.strokeStyle = "#202124";
    for (const [from, to, thick] of [["q05", "q95", 2], ["q25", "q75", 6]]) {
      pen.lineWidth = thick;
      pen.beginPath();
      pen.moveTo(plot.x(found.numbers[from]), plot.floor + 2);
      pen.lineTo(plot.x(found.numbers[to]), plot.floor + 2);
      pen.stroke();
    }
    pen.fillStyle = "#5F6368";
    pen.font = '20px "Source Sans 3", system-ui, sans-serif';
    pen.textAlign = "center";
    for (const one of plot.ticks) pen.fillText(tickText(one, found.state.in), plot.x(one), plot.floor + 40);
    pen.restore();
  },
};

// A text in lines of at most a width.
function lines(pen, text, width) {
  const found = [""];
  for (const word of text.split(" ")) {
    const longer = `${found[found.length - 1]} ${word}`.trim();
    if (pen.measureText(longer).width <= width) found[found.length - 1] = longer;
    else found.push(word);
  }
  return found;
}

// A cell of a table; what a spreadsheet would take for a formula is marked as text.
function cell(value) {
  let text = String(value);
  if (typeof value === "string" && /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function save(content, type, ending) {
  const blob = content instanceof Blob ? content : new Blob([content], { type: `${type};charset=utf-8` });
  const link = make("a", { href: URL.createObjectURL(blob), download: `${data.run}.${ending}` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
