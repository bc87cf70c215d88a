"use strict";
// The page works without this script. With it, what is typed is shown as it is read, and is kept
// in the page until the server has it.
(() => {
  const token = document.querySelector('input[name="form_token"]')?.value;
  if (!token) return;
  const SILENT = "The server does not answer. What you type is kept in this page; send it when the server is there again.";
  const AGAIN = "The server is there again. What you typed was not sent: send it once more.";
  const LARGEST = Number(document.querySelector('input[name="form_token"]').dataset.largest);
  const TOO_LARGE = `That is more than ${LARGEST / 1000} kB, and nothing of it was sent. Shorten what stands in a field, and send it again.`;
  const RESTORED = "What you had typed here and not sent stands in the fields again.";

  // Fields and elements come from the server, where all text in them is escaped.
  const post = async (address, fields, signal) => {
    const body = new URLSearchParams({ ...fields, form_token: token });
    const got = await answered(address, { method: "POST", body, signal, headers: { accept: "application/json" } });
    if (got.ok) return got.json();
    const plain = got.headers.get("content-type")?.startsWith("text/plain");
    throw new Error(plain ? (await got.text()).trim() : `the server says ${got.status}`);
  };

  // Whatever the server answers; where it does not, that is said until it does.
  const answered = async (address, asked) => {
    try {
      const got = await fetch(address, asked);
      silent(false);
      return got;
    } catch (error) {
      if (!asked.signal?.aborted || asked.signal.reason?.name === "TimeoutError") silent(true);
      throw error;
    }
  };

  const there = () =>
    answered("/favicon.ico", { cache: "no-store", signal: AbortSignal.timeout(5000) }).then(() => true, () => false);

  const alarms = [];
  let again;
  const silent = (now) => {
    clearTimeout(again);
    if (now) again = setTimeout(there, 5000);
    for (const alarm of alarms)
      if (now) alarm.textContent = SILENT;
      else if (alarm.textContent === SILENT) alarm.textContent = alarm.dataset.unsent ? AGAIN : "";
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

  // What is typed into a form, as long as the server has not got it. Another tab has its own.
  const keeping = (form) => {
    const place = `typed ${token.slice(0, 8)} ${form.getAttribute("action")}`;
    const shown = Number(form.elements.shown?.value ?? 0);
    const fields = [...form.elements].filter((field) => field.name && "value" in field && !["hidden", "submit"].includes(field.type));
    const radio = (field) => field.type === "radio";
    const changed = (field) => (radio(field) ? field.checked && !field.defaultChecked : field.value !== field.defaultValue);

    const keep = (sent) => {
      const typed = fields.filter(changed).map((field) => [field.name, field.value]);
      try {
        if (typed.length) sessionStorage.setItem(place, JSON.stringify({ shown, sent, typed }));
        else sessionStorage.removeItem(place);
      } catch {
        // A browser that keeps nothing: it is as without this script.
      }
    };

    const forget = () => {
      try {
        sessionStorage.removeItem(place);
      } catch {
        // There is nothing to forget either.
      }
    };

    const restore = () => {
      let kept;
      try {
        kept = JSON.parse(sessionStorage.getItem(place));
        if (kept?.sent && shown > kept.shown) sessionStorage.removeItem(place);
      } catch {
        return false;
      }
      if (!kept || (kept.sent && shown > kept.shown)) return false;
      const typed = new Map(kept.typed);
      for (const field of fields) {
        if (!typed.has(field.name)) continue;
        if (!radio(field)) field.value = typed.get(field.name);
        else if (field.value === typed.get(field.name)) field.checked = true;
      }
      return fields.some(changed);
    };

    const alarm = document.createElement("strong");
    alarm.className = "alarm";
    alarm.setAttribute("role", "alert");
    (form.querySelector(".send") ?? form).append(alarm);
    alarms.push(alarm);
    if (restore()) alarm.textContent = RESTORED;

    const doing = document.createElement("span");
    doing.className = "soft";
    doing.setAttribute("role", "status");
    if (form.matches(".answers")) alarm.before(doing);
    addEventListener("pageshow", () => { doing.textContent = ""; });

    form.addEventListener("input", () => keep(false));
    // Answers are sent from this page, and the next one is gone to when the server has them: the
    // browser's own page for errors replaces nothing that is not kept.
    const written = () => String(new URLSearchParams(new FormData(form)));
    const send = async (submitter) => {
      const before = written();
      const fields = new FormData(form);
      if (submitter?.name) fields.append(submitter.name, submitter.value);
      const address = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
      alarm.textContent = "";
      doing.textContent = submitter?.name ? "asking …" : "marking …";
      try {
        const asked = { method: "POST", body: new URLSearchParams(fields), headers: { accept: "application/json" } };
        const got = await answered(address, asked);
        const is = (kind) => got.headers.get("content-type")?.startsWith(kind);
        if (got.ok && is("application/json")) {
          const { to } = await got.json();
          // What was typed while it was sent stays kept.
          if (written() === before) forget();
          location.assign(to);
          return true;
        }
        // A refusal in a line is said here; one that is a page is shown as without this script.
        if (!is("text/plain")) return false;
        alarm.textContent = (await got.text()).trim();
      } catch {
        // That the server does not answer is said already.
        alarm.dataset.unsent = "yes";
      }
      doing.textContent = "";
      return true;
    };

    // Another form is sent when the server is there.
    let going = "";
    form.addEventListener("submit", async (event) => {
      if (going === "sent") return;
      event.preventDefault();
      if (going) return;
      if (written().length > LARGEST) {
        alarm.textContent = TOO_LARGE;
        alarm.scrollIntoView({ block: "nearest" });
        return;
      }
      going = "asked";
      delete alarm.dataset.unsent;
      const { submitter } = event;
      const done = form.matches(".answers") && (await send(submitter));
      if (!done) {
        if (await there()) {
          going = "sent";
          keep(!submitter?.name);
          form.requestSubmit(submitter);
        } else {
          alarm.dataset.unsent = "yes";
        }
      }
      going = "";
    });
  };
  document.querySelectorAll('form[method="post"]').forEach(keeping);
  // Nothing is left to whoever comes next.
  document.querySelector('a[href="/leave"]')?.addEventListener("click", () => sessionStorage.clear());

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
          // What is shown is of what stands there: nothing, where that is not known.
          let found = { html: "" };
          try {
            found = await post(form.dataset.read, { as, run, quantity, text: field.value }, signal);
          } catch (error) {
            if (signal.aborted) return;
            if (!(error instanceof TypeError)) found = { unread: error.message };
          }
          shown.classList.toggle("unread", Boolean(found.unread));
          if (found.unread) shown.textContent = found.unread;
          else shown.innerHTML = found.html;
          // Whoever has no mouse moves what is wider than its place with the keyboard.
          shown.tabIndex = shown.scrollWidth > shown.clientWidth ? 0 : -1;
        }));
      }
      waiting.get(field.name)();
    });
  }

  // Equations and their gradients.
  const equations = document.querySelector("form.equations");
  if (equations) {
    const result = document.querySelector("#derived");
    const said = document.querySelector("#deriving");
    // What is shown while something else is derived is of what was typed before, and pale.
    const working = (words, old = Boolean(words)) => {
      said.textContent = words;
      result.classList.toggle("pending", old);
      result.setAttribute("aria-busy", String(old));
    };
    const empty = () => !equations.elements.equations.value.trim();
    const derive = delayed(500, async (signal) => {
      if (empty()) return;
      const fields = Object.fromEntries(new FormData(equations));
      delete fields.form_token;
      try {
        const found = await post(equations.getAttribute("action"), fields, signal);
        if (signal.aborted) return;
        result.innerHTML = found.html;
        working("");
      } catch (error) {
        if (signal.aborted) return;
        working(error instanceof TypeError ? "not derived" : error.message, true);
        result.setAttribute("aria-busy", "false");
      }
    });
    const begin = () => {
      if (empty()) {
        result.textContent = "";
        working("");
      } else {
        working("deriving …");
      }
      derive();
    };
    equations.addEventListener("input", begin);
    const { value, defaultValue } = equations.elements.equations;
    if (value !== defaultValue) begin();
  }
})();
