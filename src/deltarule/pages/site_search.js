// Lists what holds all the words that are typed, by how well its name fits, and below that what
// holds them in its page; where nothing does, that which holds most of them. Words are alike that
// begin alike: "vanishing" finds what "vanishes". Without it everything is listed.
"use strict";
(() => {
  const ENDINGS = (
    "isations isation ational ations ation ional ences ence ents ent ingly ings ing ions ion edly " +
    "ally al ers er ies ied es ed ly s e y"
  ).split(" ");
  // What stands around a word without being part of it; ∂ and Σ are.
  const AROUND = /^[\p{Ps}\p{Pe}\p{Pi}\p{Pf}"'`<>,.;:!?]+|[\p{Ps}\p{Pe}\p{Pi}\p{Pf}"'`<>,.;:!?]+$/gu;
  const main = document.querySelector("main");
  const field = document.getElementById("search");
  const said = document.querySelector(".search [role=status]");
  const words = JSON.parse(document.getElementById("data").textContent);
  const items = [...document.querySelectorAll("li")].map((item) => {
    const link = item.querySelector("a");
    const listed = plain(item.textContent);
    const also = plain(/\(also: (.*)\)$/.exec(item.textContent)?.[1] ?? "").split(", ");
    return { item, name: plain(link.textContent), also, listed, whole: `${listed} ${plain(words[link.getAttribute("href")] ?? "")}` };
  });
  const known = [...new Set(items.flatMap(({ listed }) => listed.match(/\p{L}{4,}/gu) ?? []))];
  const everything = [...main.querySelectorAll(".search ~ *")];
  const [first, second] = [section(), section()];
  document.querySelector(".search").hidden = false;
  field.addEventListener("input", find);
  find();

  function find() {
    const typed = plain(field.value).split(/\s+/).map((word) => word.replace(AROUND, "") || word).filter(Boolean);
    // "of" and "in" tell nothing beside other words.
    const telling = typed.filter((word) => !/^\p{L}{1,2}$/u.test(word));
    const given = telling.length ? telling : typed;
    const meant = given.map(spelled);
    const asked = meant.map(finder);
    const counts = (part) => items.map((item) => asked.filter((stands) => stands(item[part])).length);
    const [listed, whole] = [counts("listed"), counts("whole")];
    const most = Math.max(...whole);
    const having = (kept) => ranked(items.filter((_, k) => asked.length && most && kept(k)), meant, asked);
    const named = having((k) => listed[k] === asked.length);
    const more = having((k) => listed[k] < asked.length && whole[k] === most);
    fill(first, "By name", named);
    fill(second, most < asked.length ? "With most of these words" : "In the text of these pages", more);
    for (const element of everything) element.hidden = asked.length > 0;
    said.textContent = asked.length ? counted(named.length, more.length, most < asked.length && most) : "";
    given.forEach((word, k) => {
      if (word !== meant[k]) said.textContent += `, “${word}” taken for “${meant[k]}”`;
    });
  }

  function counted(named, more, most) {
    if (most) return `none has all of these words, ${more} have ${most}`;
    return `${named + more} found${named && more ? `: ${named} by name, ${more} in the text` : ""}`;
  }

  // The name that was typed, another name of it, names that hold more of the words, the shorter first.
  function ranked(found, meant, asked) {
    const query = meant.join(" ");
    const held = ({ name, also }) => {
      if (name === query) return -2;
      if (also.includes(query)) return -1;
      const inName = asked.filter((stands) => stands(name)).length;
      return inName ? 1 - inName / asked.length + name.length / 1000 : 2;
    };
    const places = new Map(found.map((item) => [item, held(item)]));
    return found.sort((a, b) => places.get(a) - places.get(b));
  }

  function section() {
    const made = document.createElement("section");
    made.innerHTML = "<h2></h2><ul></ul>";
    main.append(made);
    return made;
  }

  function fill(made, title, found) {
    made.querySelector("h2").textContent = title;
    made.querySelector("ul").replaceChildren(...found.map(({ item }) => item.cloneNode(true)));
    made.hidden = !found.length;
  }

  // Whether a word stands in a text: as it is, or the letters between its signs at the beginning of
  // words, without their endings.
  function finder(word) {
    const parts = (word.match(/[\p{L}\p{N}]+/gu) ?? []).filter((part) => part.length > 2);
    const starts = parts.map((part) => new RegExp(`(?<![\\p{L}\\p{N}])${stem(part)}`, "u"));
    return (text) => text.includes(word) || (starts.length > 0 && starts.every((start) => start.test(text)));
  }

  // "vanish" of "vanishing", "gradi" of "gradients", "drop" of "dropped": four letters at least.
  function stem(word) {
    const ending = ENDINGS.find((end) => word.endsWith(end) && word.length >= end.length + 4);
    if (!ending || (ending === "s" && word.endsWith("ss"))) return word;
    return word.slice(0, -ending.length).replace(/([bdgmnprt])\1$/, "$1");
  }

  // A word that is nowhere, as the listed word that is spelled nearly so: "dropuot".
  function spelled(word) {
    const stands = finder(word);
    if (!/^\p{L}{4,}$/u.test(word) || items.some(({ whole }) => stands(whole))) return word;
    const [nearest, apart] = known.reduce((best, other) => {
      const far = Math.abs(other.length - word.length) < best[1] ? edits(word, other) : best[1];
      return far < best[1] ? [other, far] : best;
    }, [word, word.length < 8 ? 2 : 3]);
    return apart ? nearest : word;
  }

  // Letters added, left out, taken for others, or two that changed places (Damerau 1964).
  function edits(a, b) {
    const far = [...Array(a.length + 1)].map((_, i) => [...Array(b.length + 1)].map((_, j) => (i && j ? 0 : i + j)));
    for (let i = 1; i <= a.length; i++)
      for (let j = 1; j <= b.length; j++) {
        const other = Number(a[i - 1] !== b[j - 1]);
        far[i][j] = Math.min(far[i - 1][j] + 1, far[i][j - 1] + 1, far[i - 1][j - 1] + other);
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
          far[i][j] = Math.min(far[i][j], far[i - 2][j - 2] + 1);
      }
    return far[a.length][b.length];
  }

  // Small letters without accents: "Batch-Norm" is found by "batch norm", "normalization" too.
  function plain(text) {
    const letters = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    return letters.replace(/[-_]/g, " ").replace(/iz/g, "is");
  }
})();
