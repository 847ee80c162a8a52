/* Inside the panel: tells the page around it how tall the content is, and whether there is an
   answer at its top to be seen; nothing else. */
(function () {
  "use strict";
  var root = document.documentElement;
  var parentOrigin = root.getAttribute("data-parent");
  var last = 0;
  var answer = document.querySelector("[role=status], [role=alert]");
  if (!parentOrigin || window.parent === window) { return; }

  function report() {
    var height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height !== last) {
      last = height;
      window.parent.postMessage({ heed: "height", height: height, answer: !!answer }, parentOrigin);
      if (answer) { answer.focus(); }
      answer = null;
    }
  }

  report();
  window.addEventListener("load", report);
  window.addEventListener("resize", report);
  document.addEventListener("toggle", report, true);
  if (window.ResizeObserver) { new ResizeObserver(report).observe(document.body); }
})();
