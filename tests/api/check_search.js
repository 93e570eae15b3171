/* The search of the manual finds what people type: the page's own script runs against a document of a
 * few lines, text is typed, and what it lists is compared.
 * usage: node check_search.js FOLDER-OF-THE-MANUAL */
"use strict";
const fs = require("fs"), path = require("path"), vm = require("vm");
const folder = process.argv[2];

class Element {
  constructor(tag) { this.tag = tag; this.children = []; this.attributes = {}; this.listeners = {}; this.textContent_ = ""; this.value = ""; }
  set textContent(text) { this.textContent_ = text; this.children = []; }
  get textContent() { return this.textContent_; }
  append(...nodes) { this.children.push(...nodes); }
  setAttribute(name, value) { this.attributes[name] = value; }
  addEventListener(name, f) { this.listeners[name] = f; }
  scrollIntoView() {}
  querySelectorAll(selector) {
    const items = this.children.filter((c) => c.attributes.role === "option");
    return selector.endsWith(" a") ? items.map((i) => i.children[0]) : items;
  }
}

const box = new Element("input"), list = new Element("ul"), location = { href: "" };
const context = {
  location,
  window: {},
  document: {
    getElementById: (id) => (id === "search" ? box : list),
    createElement: (tag) => new Element(tag),
    addEventListener: () => {},
    activeElement: { tagName: "BODY" },
  },
};
vm.createContext(context);
for (const file of ["index.js", "search.js"]) vm.runInContext(fs.readFileSync(path.join(folder, file), "utf8"), context);

function typed(text) {
  box.value = text;
  box.listeners.input();
  return list.querySelectorAll("li[role=option]").map((item) => item.children[0].children[1].textContent);
}

const first = {
  softmax: "tt_softmax", slice: "tt_slice", attention: "tt_scaled_dot_product_attention", tt_cat: "tt_cat",
  "numpy.concatenate": "tt_cat", concatenate: "tt_cat", "np.where": "tt_where", "torch.gather": "tt_gather",
  "tt_sum()": "tt_sum", "cross entropy": "tt_cross_entropy", sofmax: "tt_softmax", reshpe: "tt_reshape",
  "learning rate": "tt_optim_lr", SoftMax: "tt_softmax", TT_F32: "TT_F32", rearrange: "tt_rearrange", clip: "tt_clamp",
  "k-means": "clusters.c", variational: "vae.c", "early stopping": "logistic.c",
  crossentropy: "tt_cross_entropy", kmeans: "clusters.c", float16: "TT_F16", "np.newaxis": "tt_unsqueeze", backprop: "tt_backward",
  "learning rate scheduler": "tt_lr_cosine", "save model": "tt_save_params",
};
let bad = 0;
for (const [text, wanted] of Object.entries(first)) {
  const found = typed(text);
  if (found[0] !== wanted) {
    console.log(`${text}: ${wanted} is not the first of: ${found.slice(0, 5).join(", ")}`);
    bad = 1;
  }
}
if (typed("qqqqqqq").length !== 0) { console.log("something is called qqqqqqq"); bad = 1; }
if (typed("  ").length !== 0) { console.log("blanks find something"); bad = 1; }

typed("softmax");
const key = (name) => box.listeners.keydown({ key: name, preventDefault() {} });
key("ArrowDown");
key("ArrowUp");
key("Enter");
if (!/#tt_softmax$/.test(location.href)) { console.log(`Enter goes to ${location.href}`); bad = 1; }
process.exit(bad);
