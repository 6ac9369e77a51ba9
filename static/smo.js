/* What a page does beyond plain HTML. Every page works without this file (ARCHITECTURE, "Templates and htmx").
   Parts: theme, menus, keyboard, dialogs, toasts, hover values of charts, htmx. No part knows another's markup. */
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

  const announce = (words) => {
    const region = $("#announce");
    if (region) region.textContent = words;
  };

  // ---------------------------------------------------------------------------------------------------- theme
  // The server writes the theme from its cookie, so there is no flash; here only the reload is spared.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-theme-form]");
    if (!form) return;
    const button = $("button[name=theme]", form);
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${button.value}; path=/; max-age=31536000; SameSite=Lax${secure}`;
    event.preventDefault();
    root.dataset.bsTheme = button.value;
    button.value = button.value === "dark" ? "light" : "dark";
    $("span", button).textContent = button.dataset[button.value];
  });

  // ---------------------------------------------------------------------------------------------------- menus
  const closeMenus = (except) => {
    $$("details.smo-menu[open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  };
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.smo-menu")));
  // on a phone the navigation opens by its address; with scripts it does not leave a mark in the history
  const openNavigation = (open) => {
    const navigation = $("#smo-nav");
    if (!navigation) return;
    navigation.classList.toggle("smo-open", open);
    $(open ? "#smo-nav a" : "[data-menu-open]")?.focus();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href="#smo-nav"], [data-menu-close]');
    if (!link) return;
    // opened by its address it can only be closed by one
    if (location.hash !== "#smo-nav") event.preventDefault();
    openNavigation(!link.hasAttribute("data-menu-close"));
  });

  // -------------------------------------------------------------------------------------------------- dialogs
  const openKeys = () => $("#keys")?.showModal?.();
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-open]")) openKeys();
    if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog").close();
  });
  $$("[data-keys-open]").forEach((button) => { button.hidden = false; });

  // ------------------------------------------------------------------------------------------------- keyboard
  const stored = (key) => {
    try { return localStorage.getItem(key); } catch { return null; }
  };
  const singleKeys = () => document.body.dataset.singleKeys !== "off" && stored("single-keys") !== "off";
  $$("[data-single-keys-switch]").forEach((box) => {
    box.checked = singleKeys();
    box.addEventListener("change", () => {
      try { localStorage.setItem("single-keys", box.checked ? "on" : "off"); } catch { /* private windows */ }
    });
  });
  const places = { h: "home", m: "map", s: "scorecard", r: "reviews", w: "work" };
  let waiting = 0;
  const goTo = (key) => $(`[data-nav="${places[key]}"]`)?.click();
  const movePeriod = (by) => {
    const all = $$(".smo-menu-period .smo-menu-list a");
    const current = all.find((choice) => choice.hasAttribute("aria-current"));
    if (!current) return;
    // months to months, quarters to quarters: keys of one shape are of one kind
    const choices = all.filter((choice) => choice.dataset.key.replace(/\d/g, "9") === current.dataset.key.replace(/\d/g, "9"));
    const now = choices.indexOf(current);
    // the list runs from the latest period to the earliest
    choices[now - by]?.click();
  };
  const moveRow = (by) => {
    const rows = $$("main table.smo-tbl tbody tr").filter((row) => $("a", row) && row.offsetParent);
    if (!rows.length) return;
    const now = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(now + by, 0), rows.length - 1)];
    $("a", next).focus();
  };
  const keys = {
    "?": openKeys,
    "[": () => movePeriod(-1),
    "]": () => movePeriod(1),
    j: () => moveRow(1),
    k: () => moveRow(-1),
    g: () => { waiting = Date.now(); },
  };
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      closeMenus();
      if ($("#smo-nav.smo-open")) openNavigation(false);
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && $("[data-search]")) {
      event.preventDefault();
      $("[data-search]").click();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !singleKeys() || $("dialog[open]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (waiting && Date.now() - waiting < 1500 && places[key]) {
      waiting = 0;
      goTo(key);
    } else if (keys[key]) {
      keys[key]();
    }
  });

  // ------------------------------------------------------------------------------------- rows that explain themselves
  // the first click fetches what stands below the row (htmx), the second takes it away
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-expand]");
    const below = link?.closest("tr").nextElementSibling;
    if (!below?.classList.contains("smo-whyrow")) {
      link?.setAttribute("aria-expanded", "true");
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    below.remove();
    link.setAttribute("aria-expanded", "false");
  }, true);

  // --------------------------------------------------------------------------------------------------- toasts
  const settle = (toast) => {
    if (toast.dataset.settled) return;
    toast.dataset.settled = "yes";
    const close = $("[data-close]", toast);
    if (close) {
      close.hidden = false;
      close.addEventListener("click", () => toast.remove());
    }
    // one with an action stays until it is closed
    if (!$("a, button:not([data-close])", toast)) {
      let timer = setTimeout(() => toast.remove(), 8000);
      toast.addEventListener("mouseenter", () => clearTimeout(timer));
      toast.addEventListener("mouseleave", () => { timer = setTimeout(() => toast.remove(), 4000); });
    }
  };
  const settleToasts = () => $$("#toasts .smo-toast").forEach(settle);

  // ------------------------------------------------------------------------------------ hover values of charts
  let tip = null;
  const showTip = (event) => {
    const mark = event.target.closest?.("[data-tip]");
    if (!mark) {
      if (tip) tip.hidden = true;
      return;
    }
    if (!tip) {
      tip = document.body.appendChild(document.createElement("div"));
      tip.className = "smo-tip";
      tip.setAttribute("aria-hidden", "true");
    }
    // the drawing's own title would show as a second, slower tip
    const drawing = mark.ownerSVGElement;
    const title = drawing?.querySelector(":scope > title");
    if (title) {
      drawing.setAttribute("aria-label", title.textContent);
      drawing.removeAttribute("aria-labelledby");
      title.remove();
    }
    tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    const left = Math.min(Math.max(event.clientX - box.width / 2, 6), innerWidth - box.width - 6);
    const above = event.clientY - box.height - 14;
    const place = tip.style; // set by script, which the content security policy allows
    place.left = `${left}px`;
    place.top = `${above < 6 ? event.clientY + 18 : above}px`;
  };
  document.addEventListener("pointermove", showTip, { passive: true });
  document.addEventListener("pointerdown", showTip, { passive: true });
  document.addEventListener("scroll", () => { if (tip) tip.hidden = true; }, { passive: true, capture: true });

  // ----------------------------------------------------------------------------------------------------- htmx
  const focusOn = (from) => {
    const target = $("[data-focus]", from) || (from.matches?.("[data-focus]") ? from : null);
    if (!target) return;
    target.focus();
    target.removeAttribute("data-focus");
  };
  const problem = (kind) => {
    const box = $("#problem");
    if (!box) return;
    box.textContent = box.dataset[kind] || "";
    box.hidden = false;
    box.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("htmx:beforeRequest", () => {
    const box = $("#problem");
    if (box) box.hidden = true;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    focusOn(event.detail.target);
    settleToasts();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const words = event.detail.elt.closest?.("[data-announce]")?.dataset.announce;
    if (words) announce(words);
  });
  document.addEventListener("htmx:sendError", () => problem("lost"));
  document.addEventListener("htmx:timeout", () => problem("lost"));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    problem({ 403: "refused", 404: "missing" }[status] || "failed");
  });
  // a hidden page does not ask (UX §6.9)
  document.addEventListener("htmx:confirm", (event) => {
    if (document.hidden && /every/.test(event.detail.elt.getAttribute("hx-trigger") || "")) event.preventDefault();
  });

  settleToasts();
  focusOn(document.body);
})();
