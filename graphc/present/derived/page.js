"use strict";
// All of this is comfort: the page is complete without it.
(() => {
  const zooms = ["graph", "index", "scalar"];
  document.body.classList.add("js");

  for (const zoom of zooms) {
    document.getElementById(`zoom-${zoom}`)?.addEventListener("change", () => {
      for (const part of document.querySelectorAll("details.index, details.scalar")) {
        part.open = zooms.indexOf(zoom) >= (part.classList.contains("scalar") ? 2 : 1);
      }
    });
  }

  // what a link leads to is open
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let part = target.parentElement; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") part.open = true;
    }
    const inner = target.querySelector(":scope > details.folded");
    if (inner) inner.open = true;
    target.scrollIntoView({ block: "nearest" });
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  // a step under the pointer shows where in the graph it is
  const boxes = new Map([...document.querySelectorAll("figure a")].map((a) => [a.getAttribute("href"), a]));
  let near = null;
  document.addEventListener("pointerover", (event) => {
    const step = event.target.closest?.(".step");
    const place = step?.querySelector(".tensor")?.getAttribute("href");
    const card = place && document.querySelector(place)?.closest(".card");
    const box = card ? boxes.get(`#${card.id}`) : null;
    if (box === near) return;
    near?.classList.remove("near");
    box?.classList.add("near");
    near = box;
  });
})();
