// Keeps a page of the preview in step with its folder and its form. Without it
// everything works by loading the page again.
"use strict";

(() => {
  const DAY_MS = 86_400_000;
  /// While a slider moves, one question at a time is enough.
  const PAUSE_MS = 60;

  const live = document.getElementById("live");
  const main = () => document.querySelector("main");
  const parts = (root) => [...root.querySelectorAll("[data-live]")];
  const names = (root) => parts(root).map((part) => part.id).join(" ");

  /// What the server said last, by part. The page itself has been used since.
  const said = new Map(parts(document).map((part) => [part.id, part.outerHTML]));
  let turn = live.dataset.turn;
  let asked = 0;
  let timer = 0;
  let events = null;

  document.documentElement.classList.add("scripted");
  localTimes(document);

  function localTimes(root) {
    for (const time of root.querySelectorAll("time[datetime*=T]")) {
      if (!time.closest("#live, .is-outdated")) continue;
      time.textContent = new Date(time.dateTime).toLocaleTimeString(document.documentElement.lang);
    }
  }

  /// Shows what the server has at `url`, changing only what differs, so that
  /// frames, scrolling and focus stay. `kept` is a part to leave alone: a hand is
  /// on it, or it shows already what was asked.
  async function show(url, kept = "") {
    const mine = ++asked;
    let text;
    try {
      const response = await fetch(url, { headers: { accept: "text/html" } });
      text = await response.text();
    } catch {
      lost(true);
      return;
    }
    if (mine !== asked) return;
    const next = new DOMParser().parseFromString(text, "text/html");
    const focused = document.activeElement?.id;
    if (names(next) !== names(document)) {
      said.clear();
      for (const part of parts(next)) said.set(part.id, part.outerHTML);
      main().replaceWith(next.querySelector("main"));
    } else {
      for (const part of parts(next)) {
        const isSame = said.get(part.id) === part.outerHTML;
        said.set(part.id, part.outerHTML);
        if (isSame || part.id === kept) continue;
        document.getElementById(part.id).replaceWith(part);
      }
    }
    const box = document.querySelector(".shown");
    const nextBox = next.querySelector(".shown");
    if (box && nextBox) box.className = nextBox.className;
    const nextLive = next.getElementById("live");
    if (nextLive) {
      turn = nextLive.dataset.turn;
      document.getElementById("live-text").replaceWith(nextLive.querySelector("#live-text"));
    }
    document.title = next.title;
    localTimes(document);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  function lost(isLost) {
    live.classList.toggle("is-lost", isLost);
    if (isLost) document.getElementById("live-text").textContent = "The preview was ended";
  }

  function connect() {
    events = new EventSource("/events");
    events.addEventListener("turn", (event) => {
      const wasLost = live.classList.contains("is-lost");
      lost(false);
      if (event.data !== turn || wasLost) show(location.href);
    });
    events.addEventListener("error", () => lost(true));
  }

  /// A browser keeps few connections to one server, and every tab would hold one.
  document.addEventListener("visibilitychange", () => {
    events?.close();
    events = null;
    if (!document.hidden) connect();
  });

  function address(form) {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (value && !(name === "at" && value === "00:00") && !(name === "scheme" && value === "own")) query.set(name, value);
    }
    return `${form.getAttribute("action")}?${query}`;
  }

  function follow(form, kept) {
    const url = address(form);
    history.replaceState(null, "", url);
    show(url, kept);
  }

  document.addEventListener("input", ({ target }) => {
    if (target.id !== "slider") return;
    const { form } = target;
    const day = new Date(Date.parse(`${target.dataset.first}T00:00Z`) + Number(target.value) * DAY_MS);
    const words = day.toLocaleDateString("en-GB", {
      weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC",
    });
    form.elements.on.value = day.toISOString().slice(0, 10);
    form.elements.at.value = "00:00";
    document.getElementById("day").textContent = words.replace(",", "");
    target.setAttribute("aria-valuetext", words);
    clearTimeout(timer);
    timer = setTimeout(() => follow(form, "view"), PAUSE_MS);
  });

  document.addEventListener("change", ({ target }) => {
    if (!target.form || target.id === "slider") return;
    // Width and colours are the style sheet's business; the frame stays.
    follow(target.form, target.type === "radio" ? "stage" : "");
  });

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    follow(event.target);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-step]");
    const isOrdinary = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!link || !isOrdinary) return;
    event.preventDefault();
    history.pushState(null, "", link.href);
    show(link.href);
  });

  addEventListener("popstate", () => show(location.href));
  if (!document.hidden) connect();
})();
