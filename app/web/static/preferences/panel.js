/* Puts a person's preference page into the account page of the business:
   <script src="https://heed.example/panel.js" data-link="https://heed.example/preferences/…" async></script>
   The frame appears where the script stands. See docs/preference-page.md. */
(function () {
  "use strict";
  var script = document.currentScript;
  if (!script) { return; }
  var home = new URL(script.src).origin;
  var link;
  try { link = new URL(script.getAttribute("data-link") || ""); } catch (error) { link = null; }
  // Never another site in a frame that the person takes for ours.
  if (!link || link.origin !== home || link.pathname.indexOf("/preferences/") !== 0) {
    console.error("panel.js: data-link must be an address that POST /v1/preference-links of " + home + " gave");
    return;
  }
  link.searchParams.set("view", "panel");
  link.searchParams.set("origin", window.location.origin);
  if (script.getAttribute("data-language")) {
    link.searchParams.set("lang", script.getAttribute("data-language"));
  }

  var frame = document.createElement("iframe");
  frame.title = script.getAttribute("data-title") || "WhatsApp";
  frame.referrerPolicy = "no-referrer";
  frame.style.width = "100%";
  frame.style.height = "900px";
  frame.style.border = "0";
  frame.style.colorScheme = "light dark";

  window.addEventListener("message", function (event) {
    if (event.origin !== home || event.source !== frame.contentWindow) { return; }
    var data = event.data;
    if (data && data.heed === "height" && data.height > 0 && data.height < 20000) {
      frame.style.height = Math.ceil(data.height) + "px";
      if (data.answer === true) { frame.scrollIntoView(); }
    }
  });
  frame.src = link.href;
  script.parentNode.insertBefore(frame, script.nextSibling);
})();
