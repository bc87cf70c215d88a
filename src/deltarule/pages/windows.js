// Moves a window over its tensors, and shows which entries a place goes into.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  document.querySelectorAll(".run").forEach((run, number) => {
    for (const shown of run.querySelectorAll(".window"))
      start(shown, all(data[number][shown.dataset.q].reads), data[number], run);
  });

  // Of each entry the places that it reads; those of a window are written down axis by axis.
  function all(reads) {
    const each = (own) => Object.entries(own).map(([name, axes]) => [name, places(axes)]);
    const found = Object.entries(reads).map(([entry, own]) => [entry, Object.fromEntries(each(own))]);
    return Object.fromEntries(found);
  }

  function places(axes) {
    if (!Array.isArray(axes[0])) return axes;
    const [first, ...others] = axes;
    const further = (found, axis) => found.flatMap((at) => axis.map((k) => `${at},${k}`));
    return others.reduce(further, first.map(String));
  }

  function start(shown, reads, values, run) {
    const entries = Object.keys(reads);
    const tensors = [...shown.querySelectorAll(".tensor")];
    const said = shown.querySelector(".said");
    const name = label(tensors.find((t) => t.classList.contains("made")));
    const first = said.textContent;
    let now = 0;

    const bar = document.createElement("label");
    const range = document.createElement("input");
    Object.assign(range, { type: "range", min: 0, max: entries.length - 1, value: 0 });
    bar.append("move the window ", range);
    shown.prepend(bar);
    said.setAttribute("role", "status");
    range.addEventListener("input", () => go(Number(range.value)));
    shown.addEventListener("mouseover", over);
    shown.addEventListener("mouseleave", () => go(now));
    shown.addEventListener("click", ({ target }) => {
      const place = target.closest(".made .place");
      if (place) go(entries.indexOf(place.dataset.place));
    });
    // A row of numbers that is reached with ↑ and ↓ moves the window to its entry.
    shown.closest(".line").addEventListener("focusin", ({ target }) => {
      const own = target.closest(".entry")?.querySelector(".own");
      if (own) go(entries.indexOf(own.dataset.at));
    });
    range.setAttribute("aria-valuetext", `${name}[${entries[0]}]`);

    function go(k) {
      if (k < 0) return;
      now = k;
      range.value = k;
      range.setAttribute("aria-valuetext", `${name}[${entries[k]}]`);
      show(entries[k]);
    }

    function show(entry) {
      for (const tensor of tensors) {
        const made = tensor.classList.contains("made");
        const read = new Set(made ? [entry] : (reads[entry][tensor.dataset.q] ?? []));
        mark(tensor, "in", read);
        mark(tensor, "to", new Set());
      }
      said.textContent = entry === entries[0] ? first : sentence(entry);
    }

    // Of an entry of the result its window; of a place that is read all that it goes into.
    function over({ target }) {
      const place = target.closest(".place");
      if (!place) return;
      const tensor = place.closest(".tensor");
      if (tensor.classList.contains("made")) {
        if (reads[place.dataset.place]) show(place.dataset.place);
        return;
      }
      const goes = entries.filter((entry) =>
        (reads[entry][tensor.dataset.q] ?? []).includes(place.dataset.place),
      );
      for (const other of tensors) {
        mark(other, "in", new Set());
        const reached = other.classList.contains("made") ? goes : [];
        mark(other, "to", new Set(other === tensor ? [place.dataset.place] : reached));
      }
      const into = goes.length ? goes.map((entry) => `${name}[${entry}]`).join(", ") : "nothing";
      said.textContent = `${label(tensor)}[${place.dataset.place}] goes into ${into}.`;
    }

    // Of all that is read, also where it has too many axes to be drawn.
    function sentence(entry) {
      const parts = [];
      for (const [q, places] of Object.entries(reads[entry])) {
        const within = (at) => at.split(",").every((k, axis) => k >= 0 && k < values[q].shape[axis]);
        const inside = places.filter(within).length;
        const outside = places.length - inside;
        if (inside) parts.push(`${inside} ${inside === 1 ? "entry" : "entries"} of ${called(q)}`);
        if (outside) parts.push(`${outside} ${outside === 1 ? "place" : "places"} of its padding`);
      }
      const last = parts.pop();
      const said = parts.length ? `${parts.join(", ")} and ${last}` : last;
      return `${name}[${entry}] is computed from ${said}.`;
    }

    function called(q) {
      const tensor = tensors.find((t) => t.dataset.q === q);
      const line = [...run.querySelectorAll(".line")].find((l) => l.dataset.q === q);
      return tensor ? label(tensor) : (line?.querySelector(".quantity").textContent ?? q);
    }
  }

  // Marks some places of a tensor, and puts the frame of each image around those in a window.
  function mark(tensor, kind, places) {
    for (const image of tensor.querySelectorAll(".image")) {
      const boxes = [];
      for (const place of image.querySelectorAll(".place")) {
        const lit = places.has(place.dataset.place);
        place.classList.toggle(kind, lit);
        if (lit) boxes.push(place.querySelector("rect"));
      }
      if (kind === "in") frame(image.querySelector(".frame"), boxes);
    }
  }

  function frame(drawn, boxes) {
    drawn.style.visibility = boxes.length ? "visible" : "hidden";
    if (!boxes.length) return;
    const [x, y, width, height] = ["x", "y", "width", "height"].map((side) =>
      boxes.map((box) => Number(box.getAttribute(side))),
    );
    const left = Math.min(...x);
    const top = Math.min(...y);
    const right = Math.max(...x.map((at, k) => at + width[k]));
    const below = Math.max(...y.map((at, k) => at + height[k]));
    const sides = { x: left, y: top, width: right - left, height: below - top };
    for (const [side, value] of Object.entries(sides)) drawn.setAttribute(side, value);
  }

  function label(tensor) {
    return tensor.querySelector(".label").textContent;
  }
})();
