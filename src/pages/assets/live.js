// Keeps an open page true: asks the server for the page again when something happened, and takes over the parts that changed.
// The page works without it; then the browser loads it anew each minute.

const QUIET_MS = 300;
const LEAST_MS = 1_000;
const POLL_MS = 15_000;
const WORDS_MS = 10_000;

const state = document.querySelector("#live");
let timer;
let lastAt = 0;
let isAsking = false;
let isAskedAgain = false;

/** @param {"on" | "off"} mode @param {string} words */
function tell(mode, words) {
  if (state === null) return;
  state.hidden = false;
  state.dataset.mode = mode;
  state.textContent = words;
}

function soon() {
  if (timer !== undefined) return;
  const wait = Math.max(QUIET_MS, lastAt + LEAST_MS - Date.now());
  timer = setTimeout(() => {
    timer = undefined;
    void refresh();
  }, wait);
}

async function refresh() {
  if (isAsking) {
    isAskedAgain = true;
    return;
  }
  isAsking = true;
  try {
    lastAt = Date.now();
    const response = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "manual" });
    // The session has ended: the browser itself follows to the sign-in page.
    if (response.type === "opaqueredirect") location.reload();
    else if (response.ok) replaceParts(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    // The server is away for a moment; the next event or the next turn of the clock asks again.
  } finally {
    isAsking = false;
    if (isAskedAgain) {
      isAskedAgain = false;
      soon();
    }
  }
}

/** @param {Document} fresh */
function replaceParts(fresh) {
  for (const list of document.querySelectorAll("[data-live-list]")) {
    const other = fresh.getElementById(list.id);
    if (other !== null && idsOf(list) !== idsOf(other)) exchange(list, other);
  }
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = fresh.getElementById(part.id);
    if (other !== null && comparable(part) !== comparable(other)) exchange(part, other);
  }
  // A page that had no list at all may have one now, or the other way round.
  const [main, other] = [document.querySelector("main"), fresh.querySelector("main")];
  if (main !== null && other !== null && listsOf(main) !== listsOf(other)) exchange(main, other);
  document.title = fresh.title;
}

/** @param {Element} element */
function idsOf(element) {
  return Array.from(element.querySelectorAll("[data-live]"), ({ id }) => id).join(" ");
}

/** @param {Element} element */
function listsOf(element) {
  return Array.from(element.querySelectorAll("[data-live-list]"), ({ id }) => id).join(" ");
}

/** Relative times differ all the time, and words for forms with each page: neither is a change. @param {Element} element */
function comparable(element) {
  const copy = element.cloneNode(true);
  for (const time of copy.querySelectorAll("[data-ago]")) time.textContent = "";
  for (const word of copy.querySelectorAll('[name="form_word"]')) word.remove();
  for (const changed of [copy, ...copy.querySelectorAll(".changed")]) changed.classList.remove("changed");
  if (copy.getAttribute("class") === "") copy.removeAttribute("class");
  return copy.outerHTML;
}

/** @param {Element} old @param {Element} fresh */
function exchange(old, fresh) {
  const focused = document.activeElement;
  // Nobody loses what they are typing.
  if (focused !== null && old.contains(focused) && /^(?:INPUT|TEXTAREA|SELECT)$/.test(focused.tagName)) return;
  const href = focused !== null && old.contains(focused) ? focused.getAttribute("href") : null;
  const before = new Map(Array.from(old.querySelectorAll("[id]"), (each) => [each.id, comparable(each)]));
  const taken = document.importNode(fresh, true);
  for (const each of taken.querySelectorAll("tr[id]"))
    if (before.get(each.id) !== comparable(each)) each.classList.add("changed");
  old.replaceWith(taken);
  if (href !== null)
    Array.from(taken.querySelectorAll("a"))
      .find((each) => each.getAttribute("href") === href)
      ?.focus();
}

/** `3 min ago`, in the words of the server. */
function tellTimes() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const ms = Date.parse(time.dateTime) - Date.now();
    const words = spanInWords(Math.round(Math.abs(ms) / 1000));
    const text = ms >= 1000 ? `in ${words}` : `${words} ago`;
    if (time.textContent !== text) time.textContent = text;
  }
}

/** @param {number} seconds */
function spanInWords(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** @type {EventSource | undefined} */
let events;
let again;

/** A browser keeps few connections to a server, and a page that nobody looks at needs none. */
function listen() {
  clearTimeout(again);
  events?.close();
  events = undefined;
  if (document.visibilityState !== "visible") return;
  // The page of a deployment that runs follows this deployment alone, with its log.
  const followed = document.querySelector("[data-log]")?.dataset.log;
  const query = followed === undefined ? "" : `?${new URLSearchParams({ deployment: followed })}`;
  const source = new EventSource(`/api/v1/events${query}`);
  events = source;
  source.addEventListener("open", () => {
    tell("on", "Live");
    soon();
  });
  for (const name of ["deployment", "target", "delivery", "log", "reset"]) source.addEventListener(name, soon);
  source.addEventListener("error", () => {
    tell("off", "Reconnecting");
    // The browser tries again by itself unless the server refused.
    if (source.readyState === EventSource.CLOSED) again = setTimeout(listen, POLL_MS);
  });
}

if (document.querySelector("[data-live], [data-live-list]") !== null) {
  listen();
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => events?.close());
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) listen();
  });
  setInterval(() => {
    if (document.visibilityState === "visible" && state?.dataset.mode !== "on") soon();
  }, POLL_MS);
}
setInterval(tellTimes, WORDS_MS);
