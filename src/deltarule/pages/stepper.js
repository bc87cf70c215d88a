// Goes through a trace one line at a time. Without this script the page shows every line.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const tip = document.createElement("div");
  tip.id = "tip-of-symbol";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  document.querySelector("main").append(tip);

  document.querySelectorAll(".run").forEach((run, number) => start(run, data[number]));

  function start(run, values) {
    const lines = [...run.querySelectorAll(".line")];
    if (!lines.length) return;
    const order = new Map(lines.map((line, k) => [line.dataset.q, k]));
    const drawn = [...run.querySelectorAll(":is(.graph, .unrolled) [data-q]")];
    const arrows = [...run.querySelectorAll(".graph .arrow")];
    const back = lines.findIndex((line) => line.dataset.q.includes("/d"));
    let at = -1;

    const bar = run.querySelector(".stepper");
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    const moves = [
      ["first step", "|◀", () => go(0)],
      ["step back", "◀", () => go(at < 0 ? lines.length - 1 : Math.max(at - 1, 0))],
      ["next step", "▶", () => go(Math.min(at + 1, lines.length - 1))],
      ["last step", "▶|", () => go(lines.length - 1)],
      ["show all", "all", () => go(-1)],
    ];
    for (const [label, sign, move] of moves) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      button.setAttribute("aria-label", label);
      button.addEventListener("click", move);
      bar.append(button);
    }
    bar.append(said);
    bar.hidden = false;
    go(-1);
    run.addEventListener("mouseover", light);
    run.addEventListener("mouseout", dark);
    run.addEventListener("focusin", whole);
    run.addEventListener("focusout", dark);
    document.addEventListener("keydown", key);

    // Shows the step k, or everything for −1.
    function go(k) {
      symbols(lines[at], false);
      at = k;
      symbols(lines[at], true);
      run.classList.toggle("stepping", k >= 0);
      lines.forEach((line, j) => line.classList.toggle("now", j === k));
      const line = lines[k];
      const own = line ? line.dataset.q : "";
      const read = line ? line.dataset.reads.split("|") : [];
      for (const part of drawn) {
        const name = part.dataset.q;
        part.classList.toggle("later", k >= 0 && since(part, name) > k);
        part.classList.toggle("now", holds(part, own));
        part.classList.toggle("read", name !== own && read.some((r) => holds(part, r)));
      }
      for (const arrow of arrows) {
        const { from, to } = arrow.dataset;
        arrow.classList.toggle("later", k >= 0 && order.has(to) && order.get(to) > k);
        const forward = read.includes(from) && to === own;
        const backward = own === gradientOf(from) && read.includes(gradientOf(to));
        arrow.classList.toggle("on", forward || backward);
        arrow.classList.toggle("back", backward);
      }
      if (line) inSight(line);
      said.textContent = line
        ? step()
        : `${lines.length} steps: ◀ and ▶, or the arrow keys; ↑ and ↓ go through the entries`;
    }

    // Moves the pictures to the active quantity, and the page to its equation, below the buttons.
    function inSight(line) {
      for (const pane of run.querySelectorAll(":scope > .wide")) {
        const box = pane.querySelector(".box.now") ?? pane.querySelector(".now");
        if (box) centre(pane, box.getBoundingClientRect());
      }
      const place = line.getBoundingClientRect();
      const top = bar.getBoundingClientRect().height;
      const seen = Math.min(place.height, (innerHeight - top) / 2);
      if (place.top + seen > innerHeight) scrollBy(0, place.top + seen - innerHeight);
      else if (place.top < top) scrollBy(0, place.top - top);
    }

    function centre(pane, box) {
      const frame = pane.getBoundingClientRect();
      const beyond = box.left < frame.left || box.right > frame.right;
      if (beyond) pane.scrollLeft += (box.left + box.right - frame.left - frame.right) / 2;
      if (box.top < frame.top || box.bottom > frame.bottom)
        pane.scrollTop += Math.min(box.top - frame.top - 8, (box.top + box.bottom - frame.top - frame.bottom) / 2);
    }

    function step() {
      return `step ${at + 1} of ${lines.length}: ${lines[at].querySelector(".quantity").textContent}`;
    }

    // The symbols of the active equation can be reached with the tabulator, each once.
    function symbols(line, reached) {
      const seen = new Set();
      for (const symbol of line ? line.querySelectorAll(".eq:not(.entry) mrow.q") : []) {
        const { q } = symbol.dataset;
        if (reached && values[q] && !seen.has(q)) symbol.setAttribute("tabindex", "0");
        else symbol.removeAttribute("tabindex");
        seen.add(q);
      }
    }

    // The step that makes a quantity; ∂E/∂E = 1, which has none, is there when the way back begins.
    function since(part, name) {
      if (order.has(name)) return order.get(name);
      return part.classList.contains("gradient") ? back : -1;
    }

    // Whether a box holds a quantity in one of its blocks.
    function holds(part, name) {
      if (!name || !part.classList.contains("box")) return part.dataset.q === name;
      return [part, ...part.querySelectorAll("[data-q]")].some((p) => p.dataset.q === name);
    }

    function gradientOf(name) {
      for (const known of Object.keys(values)) if (known.endsWith(`/d${name}`)) return known;
      return null;
    }

    function key(event) {
      if (event.altKey || event.ctrlKey || event.metaKey || !visible(run)) return;
      if (event.target.closest && event.target.closest("input")) return;
      const moved = event.target.closest && event.target.closest(".eq, .wide");
      const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
      if (sideways && moved && moved.scrollWidth > moved.clientWidth) return;
      const does = { ArrowRight: 2, ArrowLeft: 1, Home: 0, End: 3, Escape: 4 }[event.key];
      const along = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (does !== undefined) moves[does][2]();
      else if (along === undefined || at < 0) return;
      else to(along);
      event.preventDefault();
    }

    // The next entry of the active line, or the one before, with all that it is computed from.
    function to(along) {
      const entries = [...lines[at].querySelectorAll(".entry")];
      if (!entries.length) return;
      const before = entries.indexOf(document.activeElement);
      const k = before < 0 ? 0 : (before + along + entries.length) % entries.length;
      entries[k].focus();
      const own = entries[k].querySelector(".own");
      if (own) said.textContent = `${step()}${own.dataset.at && `[${own.dataset.at}]`} = ${own.textContent}`;
    }

    // All numbers of an entry light up: of a convolution its window, of a gradient all it is from.
    function whole(event) {
      dark();
      const symbol = event.type === "focusin" && event.target.closest("mrow.q");
      if (symbol && values[symbol.dataset.q]) tell(symbol, values[symbol.dataset.q]);
      const row = event.target.closest(".entry");
      if (!row) return;
      for (const number of row.querySelectorAll("mrow.n"))
        entry(number.dataset.q, number.dataset.at, true);
    }

    // A number lights up the entry that it is, a symbol shows its numbers.
    function light(event) {
      const number = event.target.closest("mrow.n");
      if (!number && event.target.closest(".entry")) return whole(event);
      const symbol = event.target.closest("mrow.q");
      if (number) entry(number.dataset.q, number.dataset.at, true);
      else if (symbol && values[symbol.dataset.q]) tell(symbol, values[symbol.dataset.q]);
    }

    function dark() {
      run.querySelectorAll(".lit").forEach((lit) => lit.classList.remove("lit"));
      tip.hidden = true;
    }

    function entry(name, where, on) {
      for (const place of run.querySelectorAll("[data-at]")) {
        const owner = place.dataset.q ?? place.parentNode.dataset.q;
        if (owner === name && place.dataset.at === where) place.classList.toggle("lit", on);
      }
    }

    function tell(symbol, { shape, value }) {
      symbol.classList.add("lit");
      symbol.setAttribute("aria-describedby", tip.id);
      const numbers = value === null ? "" : ` = ${text(value)}`;
      tip.textContent = `${shape.length ? shape.join(" × ") : "a number"}${numbers}`;
      tip.hidden = false;
      const place = symbol.getBoundingClientRect();
      tip.style.left = `${Math.max(4, Math.min(place.left, innerWidth - tip.offsetWidth - 4))}px`;
      const above = place.top - tip.offsetHeight - 6;
      tip.style.top = `${above > 0 ? above : place.bottom + 6}px`;
    }
  }

  function text(value) {
    return Array.isArray(value) ? `(${value.map(text).join(", ")})` : value;
  }

  // Of several runs the keys move the one that is on the screen.
  function visible(run) {
    const runs = [...document.querySelectorAll(".run")];
    const middle = innerHeight / 2;
    const seen = runs.filter((r) => r.getBoundingClientRect().top <= middle);
    return (seen.pop() ?? runs[0]) === run;
  }
})();
