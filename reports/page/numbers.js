// Numbers as text, by the rules of model/terminal/wording.py and the patterns of the language.

const data = JSON.parse(document.getElementById("data").textContent);
const words = data.words;
const patterns = data.numbers;

// A text with the values in its braces filled in; a blank value leaves no second space.
function fill(text, values = {}) {
  const found = text.replace(/\{(\w+)\}/g, (mark, name) => (name in values ? values[name] : mark));
  return found.replace(/ +/g, " ").trim();
}

// Rounds halves to even, as Python does.
function nearest(value) {
  const below = Math.floor(value);
  const apart = value - below;
  if (apart !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

// Power of ten that leaves two significant digits of an interval's width.
function roundingUnit(low, high) {
  const width = Math.abs(high - low);
  if (!Number.isFinite(width) || width === 0) return 1;
  return 10 ** (Math.floor(Math.log10(width)) - 1);
}

function rounded(value, unit) {
  if (!Number.isFinite(value)) return patterns.not_finite;
  const decimals = Math.max(0, -Math.round(Math.log10(unit)));
  const [whole, part] = Math.abs(nearest(value / unit) * unit).toFixed(decimals).split(".");
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, patterns.thousands);
  const text = part ? digits + patterns.decimal + part : digits;
  return value < 0 && /[1-9]/.test(text) ? patterns.minus + text : text;
}

// Median and interval rounded alike; the end of a positive interval is not printed as zero.
function alike(middle, low, high) {
  const unit = roundingUnit(low, high);
  const vanishing = middle / 1e4 > 0 && middle / 1e4 < low && low < unit / 2;
  const below = vanishing ? 10 ** Math.floor(Math.log10(low)) : unit;
  return [rounded(middle, unit), rounded(low, below), rounded(high, unit)];
}

// An amount of money and its interval, with their currency.
function amounts(numbers, currency) {
  const size = Math.abs(numbers.q50);
  const scale = size >= 1e9 ? 1e9 : size >= 1e6 ? 1e6 : 1;
  const word = { 1e9: patterns.billion, 1e6: patterns.million, 1: "" }[scale];
  const [middle, low, high] = alike(numbers.q50 / scale, numbers.q05 / scale, numbers.q95 / scale);
  const usd = currency === "usd";
  const code = currency.toUpperCase();
  const amount = fill(usd ? words.money : words.money_other, { number: middle, scale: word, code });
  const span = fill(usd ? words.span : words.span_other, { low, high, scale: word, code });
  return { amount: signed(amount), span: signed(span) };
}

// A minus stands before the sign of a currency.
function signed(text) {
  return text.replaceAll(`$${patterns.minus}`, `${patterns.minus}$`);
}

// A probability in whole per cent, never 0% or 100%, which draws cannot establish.
function percent(share) {
  const sign = (text) => patterns.percent_sign.replace("{}", text);
  if (share < 0.01) return patterns.below.replace("{}", sign("1"));
  if (share > 0.99) return patterns.above.replace("{}", sign("99"));
  return sign(String(nearest(100 * share)));
}

// A lever's value: three digits, or whole per cent.
function leverText(lever, value) {
  if (lever.percent) return patterns.percent_sign.replace("{}", rounded(100 * value, 1));
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value) || 1)) - 2);
  return fill("{value} {unit}", { value: rounded(value, unit), unit: lever.unit });
}

function rateText(factor) {
  const base = data.rate.base;
  if (base === null || base === undefined) {
    return fill(words.levers.rate.times, { value: factorText(factor) });
  }
  return rounded(base * factor, 0.1);
}

function lower(text) {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

// A factor with its own digits: 0.75, 2.
function factorText(value) {
  return String(Number(value.toFixed(2))).replace(".", patterns.decimal);
}
