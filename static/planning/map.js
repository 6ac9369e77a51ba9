/* The edit layer over the strategy map: keys and pointer post what the forms on the page post. Works on the drawing the
   server made and asks it for a new one after each change. Without this file the lists below the map do the same. */
(() => {
  "use strict";
  const $ = (selector, from = document) => from.querySelector(selector);
  const root = () => $("[data-map-editor]");
  if (!root()) return;
  const FAR = 5; // px the pointer moves before it is a drag
  const ways = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };
  let busy = false;
  let linking = null;
  let drag = null;
  let dragged = false;
  let reason = $("[data-reason]")?.value || "";

  const announce = (words) => {
    const region = $("#announce");
    if (region) region.textContent = words;
  };
  const cardOf = (element) => element.closest?.("[data-map-editor] a[data-card]");
  const cards = () => [...root().querySelectorAll("a[data-card]")];
  // a key pressed while a change is being saved waits for the new map, whose versions it then sends
  const waiting = [];
  const post = (address, values) => {
    busy = true;
    window.htmx.ajax("POST", address, { source: root(), target: "#map-editor", swap: "outerHTML", values: { ...values, reason } });
  };
  const inTurn = (change) => (busy ? waiting.push(change) : change());
  const move = ({ dataset: { card: key } }, where) => inTurn(() => {
    const card = $(`a[data-card="${CSS.escape(key)}"]`, root());
    if (!card) return;
    const seen = where.way ? { perspective: card.dataset.band, theme: card.dataset.lane } : {};
    post(root().dataset.move, { objective: key, expected: card.dataset.version, ...seen, ...where });
  });

  // ---------------------------------------------------------------------------------------------------- dialogs
  const open = (address) => window.htmx.ajax("GET", address, { source: root(), target: "#map-form", swap: "innerHTML" });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "map-form") return;
    const dialog = $("#map-dialog");
    const wanted = $("[name=reason]", dialog);
    if (wanted && !wanted.value) wanted.value = reason;
    if (!dialog.open) dialog.showModal();
    ($("[data-first], .smo-errsum, [aria-invalid=true]", dialog) || $("input:not([type=hidden]), select, textarea", dialog) || dialog).focus();
  });

  // ------------------------------------------------------------------------------------------------------ links
  const begin = (card) => {
    linking = card.dataset.card;
    card.classList.add("smo-linking");
    announce(`${root().dataset.wordsFrom} ${card.dataset.name}. ${root().dataset.wordsHow}`);
  };
  const end = (words) => {
    linking = null;
    cards().forEach((card) => card.classList.remove("smo-linking"));
    if (words) announce(words);
  };
  const join = (source, target) => {
    end();
    inTurn(() => post(root().dataset.link, { source, target }));
  };

  // ------------------------------------------------------------------------------------------------------- keys
  document.addEventListener("keydown", (event) => {
    const card = cardOf(event.target);
    if (event.key === "Enter" && event.target.matches("[data-reason]")) event.preventDefault();
    if (event.key === "Escape" && linking) end(root().dataset.wordsEnded);
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    if (ways[event.key]) {
      event.preventDefault();
      move(card, { way: ways[event.key] });
    } else if (event.key.toLowerCase() === "l") {
      event.preventDefault();
      if (linking && linking !== card.dataset.card) join(linking, card.dataset.card);
      else begin(card);
    } else if (event.key === "Delete") {
      event.preventDefault();
      open(card.dataset.retire);
    }
  });
  document.addEventListener("click", (event) => {
    const card = cardOf(event.target);
    if (!card || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (dragged) dragged = false;
    else if (linking) join(linking, card.dataset.card);
    else open(card.getAttribute("href"));
  });

  // ---------------------------------------------------------------------------------------------------- pointer
  const point = (svg, x, y) => new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse());
  const spans = (text) => text.split(";").filter(Boolean).map((one) => {
    const [key, start, size] = one.split(" ");
    return { key, start: Number(start), end: Number(start) + Number(size) };
  });
  const inside = (text, at) => spans(text).find((span) => at >= span.start && at < span.end);
  // the card that will stand after the dropped one: the first of its cell that lies below or to the right
  const after = (card, band, lane, at) => cards().find((other) => {
    if (other === card || other.dataset.band !== band || other.dataset.lane !== lane) return false;
    const box = other.getBBox();
    return box.y > at.y || (box.y + box.height > at.y && box.x + box.width / 2 > at.x);
  });
  const drop = (event) => {
    const { card, svg, links } = drag;
    const under = document.elementsFromPoint(event.clientX, event.clientY).map(cardOf).find((other) => other && other !== card);
    if (links) {
      if (under) join(card.dataset.card, under.dataset.card);
      else announce(root().dataset.wordsEnded);
      return;
    }
    const at = point(svg, event.clientX, event.clientY);
    const band = inside(root().dataset.bands, at.y);
    const lane = root().dataset.lanes ? inside(root().dataset.lanes, at.x) : { key: "0" };
    if (!band || !lane) {
      announce(root().dataset.wordsNowhere);
      return;
    }
    const next = after(card, band.key, lane.key, at);
    move(card, { perspective: band.key, theme: lane.key, before: next ? next.dataset.card : "" });
  };
  const release = () => {
    if (!drag) return;
    drag.card.removeAttribute("transform");
    drag.card.classList.remove("smo-dragged");
    drag.line?.remove();
    drag = null;
  };
  document.addEventListener("pointerdown", (event) => {
    const card = cardOf(event.target);
    dragged = false;
    if (!card || event.button !== 0) return;
    const svg = card.ownerSVGElement;
    drag = { card, svg, id: event.pointerId, x: event.clientX, y: event.clientY, from: point(svg, event.clientX, event.clientY), links: event.shiftKey, line: null };
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    if (!dragged && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
    dragged = true;
    const to = point(drag.svg, event.clientX, event.clientY);
    if (drag.links) {
      if (!drag.line) {
        drag.line = drag.svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "line"));
        drag.line.setAttribute("class", "smo-linkline");
      }
      Object.entries({ x1: drag.from.x, y1: drag.from.y, x2: to.x, y2: to.y }).forEach(([name, value]) => drag.line.setAttribute(name, value));
    } else {
      drag.card.classList.add("smo-dragged");
      drag.card.setAttribute("transform", `translate(${to.x - drag.from.x} ${to.y - drag.from.y})`);
    }
  });
  document.addEventListener("pointerup", (event) => {
    if (drag && event.pointerId === drag.id && dragged) drop(event);
    release();
  });
  document.addEventListener("pointercancel", release);
  document.addEventListener("dragstart", (event) => { if (cardOf(event.target)) event.preventDefault(); });

  // --------------------------------------------------------------------------------------------- after a change
  const settle = () => {
    const field = $("[data-reason]", root());
    if (field && reason) field.value = reason;
    const wanted = root().dataset.focusCard;
    if (wanted) $(`a[data-card="${CSS.escape(wanted)}"]`, root())?.focus();
    if (root().dataset.said) announce(root().dataset.said);
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-reason]")) reason = event.target.value;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    busy = false;
    if (event.detail.xhr.status !== 200) waiting.length = 0;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "map-editor" && event.detail.elt.id !== "map-editor") return;
    settle();
    waiting.shift()?.();
  });
  settle();
})();
