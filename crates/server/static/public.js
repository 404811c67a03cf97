// Print buttons, shown where a script can print, and nothing folded on paper; the evaluator of a window, which looks
// again by itself. Nothing depends on it: a browser prints by its menu, and the link can be followed by hand.
"use strict";
document.querySelectorAll("[data-print]").forEach(function (button) {
  button.hidden = false;
  button.addEventListener("click", function () { window.print(); });
});
window.addEventListener("beforeprint", function () {
  document.querySelectorAll("details").forEach(function (fold) { fold.open = true; });
});
document.querySelectorAll("[data-again]").forEach(function (link) {
  function main(page) { return page.querySelector("main").innerHTML; }
  function wait() { setTimeout(look, 1000 * Number(link.dataset.again)); }
  function look() {
    fetch(link.href, { cache: "no-store" }).then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (text) {
        var now = new DOMParser().parseFromString(text, "text/html");
        if (now.querySelector("main") && main(now) !== main(document)) location.replace(link.href); else wait();
      }).catch(wait);
  }
  wait();
});
