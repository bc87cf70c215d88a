// Leaves of the lists what holds all the words that are typed; where nothing does, that whose page
// holds them, or most of them. Without it everything is listed.
"use strict";
(() => {
  const field = document.getElementById("search");
  const said = document.querySelector(".search [role=status]");
  const words = JSON.parse(document.getElementById("data").textContent);
  const items = [...document.querySelectorAll("li")].map((item) => {
    const page = item.querySelector("a").getAttribute("href");
    const listed = plain(item.textContent);
    return [item, listed, `${listed} ${plain(words[page] ?? "")}`];
  });
  document.querySelector(".search").hidden = false;
  field.addEventListener("input", find);
  find();

  function find() {
    const asked = plain(field.value).split(/\s+/).filter(Boolean).map(single);
    const hitsIn = (k) => items.map((item) => asked.filter((word) => item[k].includes(word)).length);
    const listed = hitsIn(1);
    const hits = listed.includes(asked.length) ? listed : hitsIn(2);
    const most = Math.max(...hits);
    const none = asked.length > 0 && most === 0;
    let count = 0;
    items.forEach(([item], k) => {
      item.hidden = none || hits[k] < most;
      count += !item.hidden;
    });
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
    const part = most < asked.length && !none ? `none has all of these words, ${count} have ${most}` : `${count} found`;
    said.textContent = asked.length ? part : "";
  }

  // "heads" is found where "head" stands.
  function single(word) {
    return word.length > 4 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
  }

  // Small letters without accents: "Batch-Norm" is found by "batch norm".
  function plain(text) {
    const letters = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    return letters.replace(/[-_]/g, " ");
  }
})();
