// Builds the page, and shows it anew whenever something is set.

// sources last: there are dozens
const panels = [answerPanel, leverPanel, readingPanel, scenarioPanel, otherPanel, believePanel, takingPanel, sourcePanel];

let state = readFragment(window.location.hash);
let waiting = 0;
let speaking = 0;

function show() {
  const found = answered(state);
  for (const panel of panels) panel.show(found);
  // what a screen reader says, once the hand rests
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    const told = [sentence(found), verdict(found)].join(" ");
    const live = document.getElementById("live");
    if (live.textContent !== told) live.textContent = told;
  }, 400);
}

function soon() {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(show);
}

// Takes a function that changes the state, new values of it, or "reset".
function change(by) {
  if (by === "reset") {
    const { what, when, beside, believe } = state;
    state = { ...untouched(), what, when, in: state.in, beside, believe };
  } else if (typeof by === "function") by(state);
  else Object.assign(state, by);
  const fragment = writeFragment(state);
  window.history.replaceState(null, "", fragment ? `#${fragment}` : window.location.pathname + window.location.search);
  soon();
}

function notes(root) {
  const values = {
    kept: rounded(data.draws.kept, 1), count: rounded(data.draws.of, 1), bearable: data.limits.bearable,
  };
  const told = Object.values(words.notes).map((text) => make("li", {}, fill(text, values)));
  if (data.draws.kept < data.draws.of) told.unshift(make("li", {}, fill(words.thinned, values)));
  root.append(make("section", { id: "notes", "aria-labelledby": "notes-title" },
    make("h2", { id: "notes-title" }, words.headings.notes), make("ul", {}, ...told)));
}

function build() {
  const root = document.getElementById("main");
  document.getElementById("skip").textContent = words.skip;
  document.getElementById("about").textContent = [`${data.case}.`, data.about, data.what_if].filter(Boolean).join(" ");
  const warning = document.getElementById("warning");
  warning.textContent = data.warning;
  warning.hidden = data.converged;
  for (const panel of panels) panel.build(root, change);
  notes(root);
  window.addEventListener("resize", soon);
  window.addEventListener("beforeprint", show);
  window.addEventListener("hashchange", () => {
    const told = new URLSearchParams(window.location.hash.replace(/^#/, ""));
    if (!document.getElementById(window.location.hash.replace(/^#/, "")) || [...told.values()].some(Boolean)) {
      state = readFragment(window.location.hash);
      soon();
    }
  });
  show();
}

build();
