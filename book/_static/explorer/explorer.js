// The explorer: a sentence, a layer, a head; who looks at whom, and what the model expects next.

import { BytePairs } from "./bpe.js";
import { CausalLm } from "./model.js";

const LONGEST = 32; // pieces; more would not fit on a telephone
const SHOWN = 5; // next pieces

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in made && typeof value !== "string") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

function labelled(words, control) {
  return element("label", {}, element("span", {}, words), control);
}

async function load(folder) {
  const [about, buffer] = await Promise.all([
    fetch(`${folder}/model.json`).then((answer) => answer.json()),
    fetch(`${folder}/model.bin`).then((answer) => answer.arrayBuffer()),
  ]);
  return {
    model: CausalLm.from(about, buffer),
    pairs: new BytePairs(about.merges, about.special_tokens),
  };
}

class Explorer {
  constructor(root, { model, pairs }) {
    Object.assign(this, { root, model, pairs, row: null });
    this.text = element("input", { type: "text", value: root.dataset.text, spellcheck: "false" });
    const options = (n) =>
      Array.from({ length: n }, (_, i) => element("option", { value: String(i) }, String(i + 1)));
    this.layer = element("select", {}, ...options(model.config.n_layers));
    this.head = element("select", {}, ...options(model.config.n_heads));
    this.sharpness = element("input", { type: "range", min: "0", max: "4", step: "0.25", value: "1" });
    this.times = element("output");
    this.masked = element("input", { type: "checkbox", checked: true });
    this.positions = element("input", { type: "checkbox", checked: true });
    this.note = element("p", { class: "explorer-note", role: "status" });
    this.table = element("table", { class: "explorer-map", tabindex: "0" });
    this.table.setAttribute("aria-label", "shares: a row for each piece that looks. Arrow keys move.");
    this.next = element("ol", { class: "explorer-next" });
    const controls = element(
      "div", { class: "explorer-controls" },
      labelled("sentence", this.text), labelled("layer", this.layer), labelled("head", this.head),
      labelled("scale ", this.sharpness), labelled("mask", this.masked),
      labelled("positions", this.positions),
    );
    this.sharpness.previousSibling.append(this.times);
    root.replaceChildren(
      controls, this.note, element("div", { class: "explorer-scroll" }, this.table),
      element("p", {}, "What the model expects next:"), this.next,
    );
    for (const control of controls.querySelectorAll("input, select")) {
      control.addEventListener("input", () => {
        if (control === this.text) this.row = null; // of another sentence the last piece looks
        this.compute();
      });
    }
    this.table.addEventListener("keydown", (event) => this.move(event));
    this.compute();
  }

  compute() {
    const ids = this.pairs.encode(this.text.value.toLowerCase());
    this.ids = ids.slice(0, LONGEST);
    this.cut = ids.length > LONGEST;
    if (this.ids.length === 0) {
      this.table.replaceChildren();
      this.next.replaceChildren();
      this.note.textContent = "Type a sentence.";
      return;
    }
    this.times.textContent = `× ${this.sharpness.value}`;
    this.found = this.model.forward(this.ids, {
      masked: this.masked.checked,
      positions: this.positions.checked,
      sharpness: Number(this.sharpness.value),
    });
    this.draw();
  }

  draw() {
    const shares = this.found.weights[Number(this.layer.value)][Number(this.head.value)];
    const T = shares.rows;
    if (this.row === null || this.row >= T) this.row = T - 1;
    const pieces = this.ids.map((id) => this.pairs.text(id).trim() || "␣");
    const head = element("tr", {}, element("td", { class: "explorer-corner" }));
    for (const piece of pieces) {
      head.append(element("th", { scope: "col" }, element("span", {}, piece)));
    }
    const rows = [head];
    for (let i = 0; i < T; i++) {
      const row = element("tr", {}, element("th", { scope: "row" }, pieces[i]));
      if (i === this.row) row.className = "explorer-chosen";
      for (let j = 0; j < T; j++) {
        const share = shares.data[i * T + j];
        const cell = element("td", { title: `${pieces[i]} → ${pieces[j]}: ${share.toFixed(2)}` });
        cell.style.setProperty("--share", share.toFixed(3));
        row.append(cell);
      }
      row.addEventListener("click", () => this.choose(i));
      rows.push(row);
    }
    this.table.replaceChildren(...rows);
    this.say(pieces, shares);
    this.expect();
  }

  say(pieces, shares) {
    const T = shares.rows;
    const own = Array.from({ length: T }, (_, j) => [shares.data[this.row * T + j], j]);
    own.sort((a, b) => b[0] - a[0]);
    const most = own.slice(0, 3).map(([share, j]) => `${pieces[j]} ${share.toFixed(2)}`).join(", ");
    let first = 0;
    for (let i = 0; i < T; i++) first += shares.data[i * T] / T;
    this.note.textContent =
      `“${pieces[this.row]}” (${this.row + 1}) looks at ${most}. ` +
      `The first piece gets ${first.toFixed(2)} of all shares of this head.` +
      (this.cut ? ` Only ${LONGEST} pieces are read.` : "");
  }

  expect() {
    const logits = this.found.logits;
    const highest = logits.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (const value of logits) sum += Math.exp(value - highest);
    const order = Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a]).slice(0, SHOWN);
    const items = order.map((id) => {
      const p = Math.exp(logits[id] - highest) / sum;
      return element("li", {}, `${this.pairs.text(id)}  ${p.toFixed(2)}`);
    });
    this.next.replaceChildren(...items);
  }

  choose(row) {
    this.row = Math.min(Math.max(row, 0), this.ids.length - 1);
    this.draw();
  }

  move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.choose(this.row + step);
  }
}

for (const root of document.querySelectorAll(".explorer")) {
  load(root.dataset.model)
    .then((parts) => {
      root.explorer = new Explorer(root, parts);
      root.dataset.ready = "yes";
    })
    .catch((error) => {
      root.textContent = `The explorer could not be loaded: ${error.message}`;
    });
}
