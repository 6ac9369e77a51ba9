/* The grid of values by keyboard: arrows, Enter, Esc, and a paste of many cells. The form works without this file. */
(() => {
  "use strict";
  const grid = document.querySelector("[data-grid]");
  if (!grid) return;
  const cells = [...grid.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => cell.querySelector("input.form-control")));
  const announce = (words) => {
    const region = document.querySelector("#announce");
    if (region) region.textContent = words;
  };
  const placeOf = (input) => {
    const row = cells.findIndex((line) => line.includes(input));
    return [row, row < 0 ? -1 : cells[row].indexOf(input)];
  };
  const mark = (input) => input.classList.toggle("smo-changed", input.value.trim() !== input.dataset.stands);
  // the next cell that can be typed into; closed ones are passed over
  const go = (row, column, down, across) => {
    for (let r = row + down, c = column + across; cells[r] && c >= 0 && c < cells[r].length; r += down, c += across) {
      if (cells[r][c]) {
        cells[r][c].focus();
        cells[r][c].select();
        return true;
      }
    }
    return false;
  };
  const atEdge = (input, end) => {
    const whole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    return whole || (input.selectionStart === input.selectionEnd && input.selectionStart === (end ? input.value.length : 0));
  };
  const moves = {
    ArrowUp: () => [-1, 0],
    ArrowDown: () => [1, 0],
    ArrowLeft: (input) => atEdge(input, false) && [0, -1],
    ArrowRight: (input) => atEdge(input, true) && [0, 1],
    Enter: () => [1, 0],
  };
  grid.addEventListener("keydown", (event) => {
    const input = event.target.closest("input.form-control");
    if (!input || event.altKey || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      input.form.requestSubmit(input.form.querySelector("[data-save]"));
    } else if (event.key === "Escape") {
      input.value = input.dataset.stands;
      input.select();
      mark(input);
    } else if (moves[event.key] && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      const way = moves[event.key](input);
      if (!way) return;
      event.preventDefault();
      go(...placeOf(input), ...way);
    }
  });
  grid.addEventListener("focusin", (event) => event.target.matches("input.form-control") && event.target.select());
  grid.addEventListener("input", (event) => event.target.matches("input.form-control") && mark(event.target));
  grid.addEventListener("paste", (event) => {
    const input = event.target.closest("input.form-control");
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!input || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const [top, left] = placeOf(input);
    let placed = 0;
    let lost = 0;
    text.split("\n").forEach((line, down) => line.split("\t").forEach((value, across) => {
      const target = (cells[top + down] || [])[left + across];
      if (!value.trim()) return;
      if (!target) {
        lost += 1;
        return;
      }
      target.value = value.trim();
      mark(target);
      placed += 1;
    }));
    announce(`${placed} ${grid.dataset.wordsPasted}${lost ? `, ${lost} ${grid.dataset.wordsLost}` : ""}`);
  });
  grid.querySelectorAll("input.form-control").forEach(mark);
})();
