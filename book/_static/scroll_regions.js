// What is wider than the page scrolls in a box of its own; such a box must be reachable by keyboard.
(() => {
  const BOXES = "pre, div.math, .table-box, .cell_output .output";
  const mark = () => {
    for (const box of document.querySelectorAll(BOXES)) {
      const scrolls = box.scrollWidth > box.clientWidth + 1;
      if (scrolls) {
        box.tabIndex = 0;
        box.dataset.scrolls = "";
      } else {
        box.removeAttribute("tabindex");
        delete box.dataset.scrolls;
      }
    }
  };
  const wrapTables = () => {
    for (const table of document.querySelectorAll("article table")) {
      if (table.closest(".table-box, .highlighttable")) continue;
      const box = document.createElement("div");
      box.className = "table-box";
      table.replaceWith(box);
      box.append(table);
    }
  };
  document.addEventListener("DOMContentLoaded", () => {
    wrapTables();
    mark();
    const waiting = window.MathJax?.startup?.promise;
    if (waiting) waiting.then(mark);
  });
  window.addEventListener("load", () => {
    mark();
    window.MathJax?.startup?.promise?.then(mark);
  });
  window.addEventListener("resize", mark);
})();
