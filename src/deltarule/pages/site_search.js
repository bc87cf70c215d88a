// Leaves of the lists what holds all the words that are typed. Without it everything is listed.
"use strict";
(() => {
  const field = document.getElementById("search");
  const said = document.querySelector(".search [role=status]");
  const items = [...document.querySelectorAll("li")].map((item) => [item, plain(item.textContent)]);
  document.querySelector(".search").hidden = false;
  field.addEventListener("input", find);
  find();

  function find() {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const [item, text] of items) {
      const fits = words.every((word) => text.includes(word));
      item.hidden = !fits;
      count += fits;
    }
    for (const list of document.querySelectorAll("ul")) {
      const empty = ![...list.children].some((item) => !item.hidden);
      list.hidden = empty;
      list.previousElementSibling.hidden = empty;
    }
    // A heading stands while something stands below it, up to the next heading of its level.
    for (const heading of document.querySelectorAll("h2")) {
      let below = heading.nextElementSibling;
      while (below && below.tagName !== "H2" && below.hidden) below = below.nextElementSibling;
      heading.hidden = !below || below.tagName === "H2";
    }
    said.textContent = words.length ? `${count} found` : "";
  }

  // Small letters without accents: "Batch-Norm" is found by "batch norm".
  function plain(text) {
    const letters = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    return letters.replace(/[-_]/g, " ");
  }
})();
