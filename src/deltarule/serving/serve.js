"use strict";
// The page works without this script. With it, what is typed is shown as it is read.
(() => {
  const token = document.querySelector('input[name="form_token"]')?.value;
  if (!token) return;

  // Fields and elements come from the server, where all text in them is escaped.
  const post = async (address, fields, signal) => {
    const body = new URLSearchParams({ ...fields, form_token: token });
    const got = await fetch(address, { method: "POST", body, signal, headers: { accept: "application/json" } });
    if (!got.ok) throw new Error(String(got.status));
    return got.json();
  };

  const delayed = (milliseconds, does) => {
    let timer, control;
    return (...given) => {
      clearTimeout(timer);
      control?.abort();
      timer = setTimeout(() => {
        control = new AbortController();
        does(control.signal, ...given).catch(() => {});
      }, milliseconds);
    };
  };

  // How an answer is read.
  const form = document.querySelector("form.answers");
  if (form) {
    const waiting = new Map();
    form.addEventListener("input", (event) => {
      const field = event.target;
      if (!field.dataset.as) return;
      if (!waiting.has(field.name)) {
        waiting.set(field.name, delayed(250, async (signal) => {
          const shown = field.closest(".part").querySelector(".preview");
          const { as, run, quantity } = field.dataset;
          const found = await post(form.dataset.read, { as, run, quantity, text: field.value }, signal);
          shown.classList.toggle("unread", Boolean(found.unread));
          if (found.unread) shown.textContent = found.unread;
          else shown.innerHTML = found.html;
          // Whoever has no mouse moves what is wider than its place with the keyboard.
          shown.tabIndex = found.html ? 0 : -1;
        }));
      }
      waiting.get(field.name)();
    });
  }

  // Equations and their gradients.
  const equations = document.querySelector("form.equations");
  if (equations) {
    const result = document.querySelector("#derived");
    const derive = delayed(500, async (signal) => {
      const fields = Object.fromEntries(new FormData(equations));
      delete fields.form_token;
      if (!fields.equations.trim()) return;
      result.classList.add("pending");
      try {
        const found = await post(equations.getAttribute("action"), fields, signal);
        result.innerHTML = found.html;
        result.classList.remove("pending");
      } catch {
        // What is shown is of what was typed before, and stays pale.
      }
    });
    equations.addEventListener("input", derive);
  }
})();
