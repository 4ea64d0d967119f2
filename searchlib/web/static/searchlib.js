// What the page does besides working without this file: finding while one types, completion, keys, copying.

const base = document.body.dataset.base;
const form = document.querySelector("#search");
const input = document.querySelector("#q");
const main = document.querySelector("#main");
const status = document.querySelector("#status");

const SOON = 90; // milliseconds without a key, after which it is searched

function say(text) {
  status.textContent = text;
}

// Finding while one types: the same page is fetched, and what it has in the middle is put here.

let fetching = null;
let waiting = 0;
let typing = false; // what is typed until Enter is one step back

function address() {
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value.trim()) asked.append(name, value);
  }
  const query = asked.toString();
  return form.getAttribute("action") + (query ? `?${query}` : "");
}

// While a word is typed, what begins so is found too; the address says what was typed.
async function show(where, history, more = "") {
  fetching?.abort();
  const mine = (fetching = new AbortController());
  main.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(where + more, { signal: mine.signal, headers: { Accept: "text/html" } });
    if (answer.redirected) return window.location.replace(answer.url); // to the paragraph of a reference
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine.signal.aborted) return;
    main.replaceChildren(...page.querySelector("#main").childNodes);
    document.title = page.title;
    say(page.querySelector("#status").textContent.trim());
    if (history) window.history[history]({}, "", where);
    else restore(page);
    prepare();
  } catch (error) {
    if (error.name !== "AbortError") say("The server cannot be reached.");
  } finally {
    if (fetching === mine) main.removeAttribute("aria-busy");
  }
}

// Going back: the form says again what it said.
function restore(page) {
  input.value = page.querySelector("#q").value;
  form.querySelector("#sort").value = page.querySelector("#sort").value;
  form.querySelector("[name=one]").checked = page.querySelector("[name=one]").checked;
  for (const hidden of form.querySelectorAll("input[type=hidden]")) hidden.remove();
  form.append(...page.querySelectorAll("#search input[type=hidden]"));
}

const onSearchPage = form !== null && form.querySelector("#sort") !== null;

function typed() {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const where = address();
    if (onSearchPage) show(where, typing ? "replaceState" : "pushState", where.includes("?") ? "&typing=1" : "");
    typing = true;
    complete();
  }, SOON);
}

// Completion: a list box below the input, as the ARIA Authoring Practices have it.

let list = null;
let chosen = -1;

async function complete() {
  const text = input.value;
  if (!text.trim() || text !== text.trimStart() || document.activeElement !== input) return close();
  try {
    const answer = await fetch(`${base}/api/complete?limit=6&text=${encodeURIComponent(text)}`);
    const found = answer.ok ? await answer.json() : [];
    if (input.value === text) offer(found.map((one) => one.text).filter((one) => one.toLowerCase() !== text.toLowerCase()));
  } catch {
    close();
  }
}

function offer(texts) {
  close();
  if (!texts.length || document.activeElement !== input) return;
  list = document.createElement("ul");
  list.id = "completions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Completions");
  texts.forEach((text, number) => {
    const item = document.createElement("li");
    item.id = `completion-${number}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.textContent = text;
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      take(text);
    });
    list.append(item);
  });
  input.after(list);
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", "completions");
}

function close() {
  list?.remove();
  list = null;
  chosen = -1;
  input?.setAttribute("aria-expanded", "false");
  input?.removeAttribute("aria-activedescendant");
  input?.removeAttribute("aria-controls");
}

function choose(number) {
  const items = [...list.children];
  chosen = number < -1 ? items.length - 1 : number >= items.length ? -1 : number;
  items.forEach((item, place) => item.setAttribute("aria-selected", String(place === chosen)));
  if (chosen < 0) input.removeAttribute("aria-activedescendant");
  else input.setAttribute("aria-activedescendant", items[chosen].id);
}

function take(text) {
  input.value = text;
  close();
  go();
}

function go() {
  clearTimeout(waiting);
  if (onSearchPage) show(address(), typing ? "replaceState" : "pushState");
  else form.requestSubmit();
  typing = false;
}

// Hits: the arrows go from one to the next.

const titles = () => [...document.querySelectorAll(".hit :is(h2, h3) a")];

function move(by) {
  const all = titles();
  if (!all.length) return false;
  const here = all.indexOf(document.activeElement?.closest(".hit")?.querySelector(":is(h2, h3) a"));
  const next = here < 0 ? (by > 0 ? 0 : -1) : here + by;
  if (next < 0) input?.focus();
  else all[Math.min(next, all.length - 1)].focus();
  return true;
}

// Copying: citations in each form.

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https only this is left.
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "unseen";
    document.body.append(area);
    const before = document.activeElement;
    area.select();
    document.execCommand("copy");
    area.remove();
    before?.focus();
  }
  say(`${what} copied`);
}

async function copyCitation() {
  const here = document.activeElement?.closest("[data-id]") ?? document.querySelector(".numbered:target, .hit, .paragraph");
  const id = here?.dataset.id;
  if (!id) return;
  const answer = await fetch(`${base}/api/citation/${id}?form=text`);
  if (answer.ok) await copy(await answer.text(), "Citation");
}

function prepare() {
  for (const button of document.querySelectorAll("button.copy[hidden]")) {
    button.hidden = false;
    const source = document.getElementById(button.dataset.copy);
    button.addEventListener("click", () => copy(source.textContent, source.previousElementSibling.previousElementSibling.textContent));
  }
}

// Keys. Who speaks to the computer, or has tremor, can turn off those that are letters (WCAG 2.1.4).

const letters = document.querySelector("#keys input");

function remembered(value) {
  try {
    if (value) localStorage.setItem("searchlib-letters", value);
    return localStorage.getItem("searchlib-letters");
  } catch {
    return null; // a browser that is to remember nothing
  }
}

if (letters) {
  letters.parentElement.hidden = false;
  letters.checked = remembered() !== "off";
  letters.addEventListener("change", () => remembered(letters.checked ? "on" : "off"));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const writes = event.target.matches("input:not([type=checkbox]), select, textarea");
  if (letters && !letters.checked && !writes && event.key.length === 1) return;
  if (event.target === input) {
    if (event.key === "Escape" && list) close();
    else if (event.key === "ArrowDown") {
      if (list) choose(chosen + 1);
      else if (!move(1)) return;
    } else if (event.key === "ArrowUp" && list) choose(chosen - 1);
    else if (event.key === "Enter" && list && chosen >= 0) take(list.children[chosen].textContent);
    else return;
  } else if (writes) return;
  else if (event.key === "/") {
    input?.focus();
    input?.select();
  } else if (event.key === "ArrowDown" && onSearchPage) {
    if (!move(1)) return;
  } else if (event.key === "ArrowUp" && onSearchPage) {
    if (!document.activeElement?.closest(".hit") || !move(-1)) return;
  } else if (event.key === "c") copyCitation();
  else return;
  event.preventDefault();
});

if (form) {
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.addEventListener("input", typed);
  input.addEventListener("blur", close);
  form.addEventListener("submit", (event) => {
    close();
    if (!onSearchPage) return;
    event.preventDefault();
    go();
  });
  if (onSearchPage) {
    form.querySelector(".order").addEventListener("change", go);
    window.addEventListener("popstate", () => show(location.href, null));
  }
}
prepare();
