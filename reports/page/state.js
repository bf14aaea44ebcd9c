// What is set, and the same in the address after #.

function untouched() {
  return {
    what: data.start.what, when: data.start.when, in: data.start.in,
    levers: {}, rate: null, readings: {}, off: new Set(), trust: {},
    beside: data.scenarios.slice(0, data.limits.beside).map((one) => one.key),
    believe: "",
  };
}

const letters = [...new Set(data.groups.map((one) => one.letter))].sort();
const periodOf = (key) => data.periods.find((one) => one.key === key);
const definitionOf = (key) => data.definitions.find((one) => one.key === key);
const scenarioOf = (key) => data.scenarios.find((one) => one.key === key);

// Whether numbers are no longer the run's own.
function changed(state) {
  return state.rate !== null || weighed(state);
}

// Whether draws have other weights than in the run.
function weighed(state) {
  return (
    Object.keys(state.levers).length + Object.keys(state.readings).length > 0 ||
    state.off.size > 0 || Object.keys(state.trust).length > 0
  );
}

function inside(text, low, high) {
  const value = text === null || text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(value) && value >= low && value <= high ? value : null;
}

// A state from an address; what is unknown or impossible in it is left out.
function readFragment(text) {
  const told = new URLSearchParams(text.replace(/^#/, ""));
  const state = untouched();
  if (definitionOf(told.get("what"))) state.what = told.get("what");
  if (periodOf(told.get("when"))) state.when = told.get("when");
  if (data.currencies.includes(told.get("in"))) state.in = told.get("in");
  for (const lever of data.levers) {
    const value = inside(told.get(lever.key), lever.low, lever.high);
    if (value !== null) state.levers[lever.key] = value;
  }
  if (data.rate) state.rate = inside(told.get("rate"), data.rate.low, data.rate.high);
  readReadings(told, state);
  for (const source of data.sources) {
    if (told.getAll("off").includes(source.key)) state.off.add(source.key);
  }
  for (const letter of letters) {
    const value = inside(told.get(`trust.${letter}`), 0, 2);
    if (value !== null && value !== 1) state.trust[letter] = value;
  }
  if (told.has("beside")) {
    const wanted = told.getAll("beside").filter((key) => scenarioOf(key));
    state.beside = [...new Set(wanted)].slice(0, data.limits.beside);
  }
  if (data.others.some((one) => one.key === told.get("believe"))) state.believe = told.get("believe");
  return state;
}

function readReadings(told, state) {
  let left = 1;
  for (const one of data.readings) {
    const value = inside(told.get(`reading.${one.key}`), 0, left + 1e-9);
    if (value === null || data.readings.length < 2) continue;
    state.readings[one.key] = value;
    left = Math.max(0, left - value);
  }
  // weights of all readings that do not sum to one say nothing
  if (Object.keys(state.readings).length === data.readings.length && left > 1e-6) state.readings = {};
}

function writeFragment(state) {
  const told = new URLSearchParams();
  const start = untouched();
  for (const name of ["what", "when", "in"]) {
    if (state[name] !== start[name]) told.set(name, state[name]);
  }
  for (const [key, value] of Object.entries(state.levers)) told.set(key, value);
  if (state.rate !== null) told.set("rate", state.rate);
  for (const [key, value] of Object.entries(state.readings)) told.set(`reading.${key}`, value);
  for (const key of state.off) told.append("off", key);
  for (const [key, value] of Object.entries(state.trust)) told.set(`trust.${key}`, value);
  if (state.beside.join() !== start.beside.join()) {
    if (!state.beside.length) told.append("beside", "");
    for (const key of state.beside) told.append("beside", key);
  }
  if (state.believe) told.set("believe", state.believe);
  return String(told);
}

// What is set, in words; empty if nothing is.
function conditions(state) {
  const found = [];
  for (const lever of data.levers) {
    if (!(lever.key in state.levers)) continue;
    const value = leverText(lever, state.levers[lever.key]);
    found.push(fill(lever.held, { value }));
  }
  if (state.rate !== null) {
    const value = rateText(state.rate);
    found.push(fill(data.rate.held, { value }));
  }
  for (const one of data.readings) {
    if (!(one.key in state.readings)) continue;
    const value = patterns.percent_sign.replace("{}", rounded(100 * state.readings[one.key], 1));
    found.push(fill(words.conditions_reading, { title: one.title, value }));
  }
  for (const source of data.sources) {
    if (!state.off.has(source.key)) continue;
    const name = source.place || source.title;
    found.push(fill(words.conditions_without, { sources: name }));
  }
  for (const [letter, value] of Object.entries(state.trust)) {
    found.push(fill(words.conditions_trust, { letter, value: factorText(value) }));
  }
  return found;
}

// The options that ask the program for what is set, and what no option asks for.
function refit(state) {
  const options = [];
  const rows = [];
  for (const lever of data.levers) {
    if (!(lever.key in state.levers)) continue;
    const value = state.levers[lever.key];
    if (lever.option) options.push(`${lever.option}${plain(value)}`);
    else rows.push([lever, value]);
  }
  for (const one of data.readings) {
    if (one.key in state.readings) options.push(`${one.option}${plain(state.readings[one.key])}`);
  }
  for (const source of data.sources) if (state.off.has(source.key)) options.push(source.option);
  for (const group of data.groups) {
    if (state.off.has(group.source) || !(group.letter in state.trust)) continue;
    for (const weight of group.weights) options.push(`${weight}${plain(state.trust[group.letter])}`);
  }
  return { options, rows };
}

const plain = (value) => String(Number(value.toPrecision(6)));

// The commands that estimate anew what is set.
function command(state) {
  const { options, rows } = refit(state);
  const found = [];
  rows.forEach(([lever, value], place) => {
    const row = lever.row.replaceAll("what-if", `what-if-${place + 1}`);
    const copied = data.commands.copied.split("\n");
    const add = copied[copied.length - 1];
    found.push(`# ${fill(words.refit_row, { name: lever.name })}`);
    if (place === 0) found.push(copied[0]);
    found.push(`${add} ${row} --value ${plain(lever.percent ? 100 * value : value)}`);
  });
  if (state.rate !== null) found.push(...rateScenario(state.rate), "");
  let asked = rows.length ? data.commands.again : data.commands.estimate;
  if (state.rate !== null) options.push("--scenario rate.toml");
  for (const option of options) asked += ` \\\n  ${option}`;
  return [...found, asked].join("\n");
}

function rateScenario(factor) {
  const hosts = data.rate.hosts.length ? data.rate.hosts : [""];
  const changes = hosts.flatMap((host) => [
    "[[changes]]", 'quantity = "exchange_rate"', ...(host ? [`host = "${host}"`] : []),
    `from = "${data.rate.from}"`, `scale = ${plain(factor)}`,
  ]);
  return [
    `# ${words.refit_rate}`, "cat > rate.toml <<'END'", 'title = "Another exchange rate"',
    'description = "Rates at a multiple of what they were."', 'basis = "judgement: a what-if"',
    ...changes, "END",
  ];
}
