"use strict";
(() => {
  const table = document.getElementById("clause-table");
  const text = document.getElementById("filter-text");
  const status = document.getElementById("filter-status");
  const level = document.getElementById("filter-level");
  const count = document.getElementById("filter-count");
  const rows = [...table.tBodies[0].rows];
  const apply = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const content = row.textContent.toLowerCase();
      const fits =
        words.every((word) => content.includes(word)) &&
        (!status.value || row.dataset.status === status.value) &&
        (!level.value || row.dataset.level === level.value);
      row.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${rows.length} clauses`;
  };
  for (const control of [text, status, level]) {
    control.addEventListener("input", apply);
  }
  document.querySelector(".filter").hidden = false;
  apply();

  for (const button of document.querySelectorAll(".rerun button")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.previousElementSibling.textContent);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
  }
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) {
      details.open = true;
    }
  });
})();
