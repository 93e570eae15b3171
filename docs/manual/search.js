/* The search of the manual. index.js has `manualIndex`: [name, kind, address, first sentence, other
 * names, words] of every function, type, constant, page and section; nothing is loaded from elsewhere,
 * so it works from files as well. A name counts without its tt_, and under its names in NumPy and
 * PyTorch; a section also under the words that stand in it. Where nothing has all words, what has some
 * is shown. */
(function () {
  "use strict";
  var SHOWN = 14;
  var box = document.getElementById("search"), list = document.getElementById("results"), chosen = -1;

  function joined(text) { return text.replace(/[_-]/g, ""); }

  function bare(text) { return text.toLowerCase().replace(/\btt_/g, "").replace(/\(\)$/, ""); }

  var entries = manualIndex.map(function (row) {
    var name = bare(row[0]);
    return { row: row, name: name, joined: joined(name), words: name.split(/[^a-z0-9]+/), told: row[3].toLowerCase(),
      also: row[4].toLowerCase(), toldJoined: " " + joined(row[3].toLowerCase()),
      text: " " + (row[5] || "") + " " };
  });

  /* How many letters differ, at most `most`: for a word that was mistyped. */
  function distance(a, b, most) {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    var row = [], i, j;
    for (j = 0; j <= b.length; j++) row[j] = j;
    for (i = 1; i <= a.length; i++) {
      var corner = row[0];
      row[0] = i;
      for (j = 1; j <= b.length; j++) {
        var above = row[j];
        row[j] = Math.min(row[j] + 1, row[j - 1] + 1, corner + (a[i - 1] === b[j - 1] ? 0 : 1));
        corner = above;
      }
    }
    return row[b.length];
  }

  /* How well one word fits an entry; 0 for not at all. */
  function fit(entry, word, loose) {
    if (entry.name === word) return 100;
    if ((" " + entry.also + " ").indexOf(" " + word + " ") >= 0) return 80;
    if (entry.name.indexOf(word) === 0) return 70;
    if (entry.words.indexOf(word) >= 0) return 60;
    if (entry.words.some(function (w) { return w.indexOf(word) === 0; })) return 45;
    if (word.length > 3 && entry.joined.indexOf(joined(word)) === 0) return 40;
    if (entry.name.indexOf(word) >= 0) return 35;
    if ((" " + entry.told).indexOf(" " + word) >= 0) return 20;
    if (word.length > 3 && entry.toldJoined.indexOf(" " + joined(word)) >= 0) return 18;
    if (entry.also.indexOf(word) >= 0) return 12;
    if (entry.told.indexOf(word) >= 0) return 8;
    if (entry.text.indexOf(" " + word + " ") >= 0) return 6;
    if (word.length > 3 && entry.text.indexOf(" " + word) >= 0) return 4;
    if (loose && word.length > 3 && entry.words.some(function (w) { return distance(w, word, 2) <= (word.length > 5 ? 2 : 1); })) return 5;
    return 0;
  }

  var ORDER = { function: 20, type: 12, macro: 12, page: 6, section: 2, constant: 1 };

  /* loose: words may be mistyped. some: they need not all be there. */
  function find(text, loose, some) {
    var words = bare(text).split(/[\s,]+/).filter(Boolean), whole = words.join(" ");
    var found = [];
    entries.forEach(function (entry) {
      var sum = entry.name === whole ? 100 : 0, met = 0;
      for (var i = 0; i < words.length; i++) {
        var f = fit(entry, words[i], loose);
        if (!f && !some) return;
        sum += f;
        met += f > 0;
      }
      if (!met) return;
      found.push([sum + ORDER[entry.row[1]] - entry.name.length / 100, entry.row]);
    });
    found.sort(function (a, b) { return b[0] - a[0]; });
    return found.slice(0, SHOWN).map(function (f) { return f[1]; });
  }

  function select(to) {
    var items = list.querySelectorAll("li[role=option]");
    if (!items.length) return;
    chosen = (to + items.length) % items.length;
    items.forEach(function (item, i) { item.setAttribute("aria-selected", i === chosen ? "true" : "false"); });
    items[chosen].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", items[chosen].id);
  }

  function show() {
    var text = box.value.trim();
    list.textContent = "";
    chosen = -1;
    list.hidden = !text;
    box.setAttribute("aria-expanded", text ? "true" : "false");
    if (!text) return;
    var rows = find(text, false, false);
    if (!rows.length) rows = find(text.replace(/\b(?:np|numpy|torch)\.(?:[a-z]+\.)*/gi, ""), false, false);
    if (!rows.length) rows = find(text, true, false);
    if (!rows.length) rows = find(text, false, true);
    rows.forEach(function (row, i) {
      var item = document.createElement("li"), link = document.createElement("a"), name = document.createElement("b");
      var kind = document.createElement("i"), told = document.createElement("span");
      item.setAttribute("role", "option");
      item.id = "result-" + i;
      link.href = row[2];
      link.tabIndex = -1;
      name.textContent = row[0];
      kind.textContent = row[1];
      told.textContent = row[3];
      link.append(kind, name, told);
      item.append(link);
      list.append(item);
    });
    if (!rows.length) {
      var none = document.createElement("li");
      none.className = "none";
      none.textContent = "Nothing is called that.";
      list.append(none);
    }
    select(0);
  }

  function close() { list.hidden = true; box.setAttribute("aria-expanded", "false"); }

  box.addEventListener("input", show);
  box.addEventListener("focus", function () { if (box.value.trim()) show(); });
  box.addEventListener("keydown", function (event) {
    var items = list.querySelectorAll("li[role=option] a");
    if (event.key === "ArrowDown") { select(chosen + 1); event.preventDefault(); }
    else if (event.key === "ArrowUp") { select(chosen - 1); event.preventDefault(); }
    else if (event.key === "Enter" && items[chosen]) { close(); location.href = items[chosen].href; }
    else if (event.key === "Escape") { close(); }
  });
  document.addEventListener("click", function (event) { if (!event.target.closest(".search")) close(); else if (event.target.closest("#results a")) close(); });
  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) { box.focus(); box.select(); event.preventDefault(); }
  });
})();
