// The page is whole without this: it marks the place in the contents, copies tables, sets two analyses side by side,
// sorts their table, and unfolds all for print.
(() => {
  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  const sections = [...document.querySelectorAll("main > section")].filter((section) => links.has(section.id));
  const mark = () => {
    const passed = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 3);
    const here = (passed.at(-1) ?? sections[0]).id;
    for (const [id, link] of links) {
      if (id !== here) link.removeAttribute("aria-current");
      else if (!link.hasAttribute("aria-current")) {
        link.setAttribute("aria-current", "true");
        const list = link.closest("ul");
        list.scrollTo({ left: link.offsetLeft - list.clientWidth / 3 });
      }
    }
  };
  addEventListener("scroll", mark, { passive: true });
  addEventListener("resize", mark);
  mark();

  const text = (cell) => cell.textContent.trim().replaceAll("\u2060", "").replaceAll("\u00a0", " ");
  for (const table of navigator.clipboard ? document.querySelectorAll(".scroll:not([hidden]) > table") : []) {
    const button = document.createElement("button");
    Object.assign(button, { className: "copy", ariaLive: "polite", textContent: "Copy table" });
    button.addEventListener("click", async () => {
      const lines = [...table.rows].map((row) => [...row.cells].filter((cell) => !cell.matches(".drawn")).map(text).join("\t"));
      const copied = navigator.clipboard.writeText(lines.join("\n"));
      button.textContent = await copied.then(() => "Copied", () => "Not copied");
    });
    table.parentElement.after(button);
  }

  for (const pair of document.querySelectorAll("table.pair")) {
    const rows = [...document.querySelector("table.sortable").tBodies[0].rows];
    const choices = [...pair.querySelectorAll("select")];
    const fill = () => [...pair.tBodies[0].rows].forEach((line, column) => choices.forEach((choice, place) => {
      const found = text(rows[choice.selectedIndex].cells[column + 1]);
      line.cells[place + 1].textContent = found.replaceAll("\u2013", "\u2060\u2013\u2060");
    }));
    choices.forEach((choice) => choice.addEventListener("change", fill));
    fill();
    pair.parentElement.hidden = false;
  }

  const number = (cell) => {
    const found = cell.textContent.replaceAll("\u2212", "-").replaceAll("\u00b7", ".").replaceAll(/[,\u202f]/g, "").match(/-?\d+(\.\d+)?/);
    return found ? Number(found[0]) : null;
  };
  const compare = (column, up) => (one, other) => {
    const [a, b] = [one, other].map((row) => row.cells[column]);
    const [x, y] = column ? [number(a), number(b)] : [null, null];
    if (!column) return up * a.textContent.localeCompare(b.textContent);
    if (x === null || y === null) return (x === null) - (y === null);
    return up * (x - y);
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up > 0 ? "ascending" : "descending");
        table.tBodies[0].append(...[...table.tBodies[0].rows].sort(compare(column, up)));
      });
    });
  }

  const folded = new Set();
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details:not([open])")) {
      folded.add(part);
      part.open = true;
    }
  });
  addEventListener("afterprint", () => {
    folded.forEach((part) => (part.open = false));
    folded.clear();
  });
})();
