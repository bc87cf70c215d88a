// Leaves of the lists what holds all the words that are typed, and lists below that whose page holds
// them; where nothing does, that which holds most of them. Words are alike that begin alike:
// "vanishing" finds what "vanishes". Without it everything is listed.
"use strict";
(() => {
  const ENDINGS = (
    "isations isation ational ations ation ional ences ence ents ent ingly ings ing ions ion edly " +
    "ally al ers er ies ied es ed ly s e y"
  ).split(" ");
  const field = document.getElementById("search");
  const said = document.querySelector(".search [role=status]");
  const words = JSON.parse(document.getElementById("data").textContent);
  const items = [...document.querySelectorAll("li")].map((item) => {
    const page = item.querySelector("a").getAttribute("href");
    const listed = plain(item.textContent);
    return [item, listed, `${listed} ${plain(words[page] ?? "")}`];
  });
  const lists = [...document.querySelectorAll("ul")];
  const headings = [...document.querySelectorAll("h2")];
  const texts = document.createElement("section");
  texts.innerHTML = "<h2>In the text of these pages</h2><ul></ul>";
  document.querySelector("main").append(texts);
  document.querySelector(".search").hidden = false;
  field.addEventListener("input", find);
  find();

  function find() {
    const typed = plain(field.value).split(/\s+/).filter(Boolean);
    // "of" and "in" tell nothing beside other words.
    const telling = typed.filter((word) => !/^\p{L}{1,2}$/u.test(word));
    const asked = (telling.length ? telling : typed).map(finder);
    const hitsIn = (k) => items.map((item) => asked.filter((stands) => stands(item[k])).length);
    const listed = hitsIn(1);
    const named = listed.includes(asked.length);
    const whole = named && !asked.length ? listed : hitsIn(2);
    const hits = named ? listed : whole;
    const most = Math.max(...hits);
    const none = asked.length > 0 && most === 0;
    let count = 0;
    items.forEach(([item], k) => {
      item.hidden = none || hits[k] < most;
      count += !item.hidden;
    });
    const more = items.filter((_, k) => named && hits[k] < most && whole[k] === most);
    texts.querySelector("ul").replaceChildren(...more.map(([item]) => copy(item)));
    texts.hidden = !more.length;
    for (const list of lists) {
      const empty = ![...list.children].some((item) => !item.hidden);
      list.hidden = empty;
      list.previousElementSibling.hidden = empty;
    }
    // A heading stands while something stands below it, up to the next heading of its level.
    for (const heading of headings) {
      const ends = (element) => !element || element.tagName === "H2" || element === texts;
      let below = heading.nextElementSibling;
      while (!ends(below) && below.hidden) below = below.nextElementSibling;
      heading.hidden = ends(below);
    }
    const where = more.length ? `: ${count} by name, ${more.length} in the text` : "";
    const part = most < asked.length && !none ? `none has all of these words, ${count} have ${most}` : `${count + more.length} found${where}`;
    said.textContent = asked.length ? part : "";
  }

  function copy(item) {
    const same = item.cloneNode(true);
    same.hidden = false;
    return same;
  }

  // Whether a word stands in a text, as part of any word, or its stem at the beginning of one.
  function finder(word) {
    const start = new RegExp(`(?<![\\p{L}\\p{N}])${stem(word).replace(/[^\p{L}\p{N}]/gu, "\\$&")}`, "u");
    return (text) => text.includes(word) || start.test(text);
  }

  // "vanish" of "vanishing", "gradi" of "gradients", "drop" of "dropped": four letters at least.
  function stem(word) {
    const ending = ENDINGS.find((end) => word.endsWith(end) && word.length >= end.length + 4);
    if (!ending || (ending === "s" && word.endsWith("ss"))) return word;
    return word.slice(0, -ending.length).replace(/([bdgmnprt])\1$/, "$1");
  }

  // Small letters without accents: "Batch-Norm" is found by "batch norm", "normalization" too.
  function plain(text) {
    const letters = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    return letters.replace(/[-_]/g, " ").replace(/iz/g, "is");
  }
})();
