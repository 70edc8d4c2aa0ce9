"use strict";
const search = document.getElementById("search");
if (search) {
  search.hidden = false;
  search.addEventListener("input", () => {
    const wanted = search.value.toLowerCase();
    for (const finding of document.querySelectorAll(".finding")) {
      finding.classList.toggle("unmatched", !finding.textContent.toLowerCase().includes(wanted));
    }
  });
}
