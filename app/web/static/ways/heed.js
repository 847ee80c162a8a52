/* Shows a way in on a website: <div data-heed="form|popup|chat" data-source="…" data-lang="…">.
   Needs of the page's security policy: this host in script-src and connect-src. Sets no cookie and
   keeps nothing. Whatever fails leaves the page, and what stands inside the <div>, as it is. */
(() => {
  "use strict";
  const host = new URL(document.currentScript.src).origin;
  const css = `
:host { all: initial; }
* { box-sizing: border-box; margin: 0; }
.card, dialog { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: #16202a; background: #fff; }
.card { max-width: 460px; padding: 20px; border: 1px solid #c9d3dd; border-radius: 14px; overflow-wrap: break-word; }
dialog { margin: auto; width: min(440px, calc(100vw - 32px)); max-height: calc(100vh - 32px); padding: 0; border: 0; border-radius: 14px; overflow: auto; box-shadow: 0 12px 48px rgba(10,20,30,.35); }
dialog::backdrop { background: rgba(10,20,30,.45); }
dialog .card { border: 0; }
.top { display: flex; align-items: flex-start; gap: 12px; margin-bottom: 10px; }
h2 { flex: 1; min-width: 0; font-size: 20px; line-height: 1.3; }
label { display: block; }
.agree { display: flex; gap: 10px; align-items: flex-start; }
.agree input { flex: none; width: 24px; height: 24px; margin: 1px 0 0; accent-color: #0a7d4b; }
.field { margin-top: 14px; }
.field input { width: 100%; min-height: 48px; margin-top: 4px; padding: 10px 12px; border: 1px solid #6b7884; border-radius: 10px; font: inherit; color: inherit; background: #fff; text-align: start; }
.hint { color: #526070; font-size: 14px; }
.go { display: flex; align-items: center; justify-content: center; width: 100%; min-height: 48px; margin-top: 16px; padding: 10px 18px; border: 1px solid #0a6b40; border-radius: 10px; background: #0a6b40; color: #fff; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
.plain { background: #fff; color: #0a5a37; margin-top: 10px; }
.x { flex: none; width: 44px; height: 44px; margin: -8px -8px 0 0; margin-inline: 0 -8px; border: 0; border-radius: 22px; background: transparent; color: inherit; font: 26px/1 system-ui, sans-serif; cursor: pointer; }
.say { margin-top: 14px; padding: 10px 12px; border-radius: 10px; background: #e3f4e7; color: #123f22; }
.say.bad { background: #fdeeec; color: #7a1c15; }
.say:empty { display: none; }
.chat { position: fixed; inset-block-end: 20px; inset-inline-end: 20px; z-index: 2147483000; width: 60px; height: 60px; padding: 0; border: 0; border-radius: 30px; background: #0a6b40; color: #fff; cursor: pointer; box-shadow: 0 4px 16px rgba(10,20,30,.35); }
.chat svg { display: block; width: 30px; height: 30px; margin: auto; }
:focus-visible { outline: 3px solid #0b66a8; outline-offset: 2px; }
[hidden] { display: none; }
`;
  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  let number = 0;

  const load = async (place) => {
    const address = new URL(`/j/${encodeURIComponent(place.dataset.source)}/source.json`, host);
    address.searchParams.set("lang", place.dataset.lang || document.documentElement.lang || "");
    new URLSearchParams(location.search).forEach((value, name) => {
      if (name.startsWith("utm_")) address.searchParams.set(name, value);
    });
    const answer = await fetch(address, {credentials: "omit", referrerPolicy: "no-referrer"});
    if (!answer.ok) throw new Error(`Heed answered ${answer.status}`);
    return answer.json();
  };

  const openLink = (way, kind) => make("a", {
    className: kind, href: way.link, target: "_blank", rel: "noopener noreferrer",
    textContent: way.texts.open,
  });

  const makeForm = (way) => {
    const id = `heed-${++number}`;
    const agree = make("input", {type: "checkbox", id: `${id}-agree`, required: true});
    const phone = make("input", {type: "tel", id: `${id}-number`, name: "number", required: true,
      autocomplete: "tel", inputMode: "tel", maxLength: 40, dir: "ltr"});
    phone.setAttribute("aria-describedby", `${id}-hint`);
    const say = make("p", {className: "say"});
    say.setAttribute("role", "status");
    const form = make("form", {noValidate: true},
      make("div", {className: "agree"}, agree,
        make("label", {htmlFor: agree.id, textContent: way.wording})),
      make("div", {className: "field"},
        make("label", {htmlFor: phone.id, textContent: way.texts.number}), phone,
        make("p", {className: "hint", id: `${id}-hint`, textContent: way.texts.number_hint})),
      make("button", {className: "go", type: "submit", textContent: way.texts.submit}),
      openLink(way, "go plain"), say);
    const tell = (text, isBad, at) => {
      say.textContent = text;
      say.className = isBad ? "say bad" : "say";
      if (at) at.focus();
      else say.scrollIntoView({block: "nearest"});
    };
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!agree.checked) return tell(way.texts.tick, true, agree);
      if (!phone.value.trim()) return tell(way.texts.wrong_number, true, phone);
      const button = form.querySelector("button");
      button.disabled = true;
      try {
        const body = new URLSearchParams({...way.consent, number: phone.value, agree: "yes",
          page: location.origin + location.pathname});
        const answer = await fetch(new URL(way.consents, host), {
          method: "POST", body, credentials: "omit", headers: {Accept: "application/json"}});
        const found = await answer.json();
        tell(found.text || way.texts.later, !answer.ok);
        if (answer.ok) form.reset();
      } catch {
        tell(way.texts.later, true);
      }
      button.disabled = false;
    });
    return form;
  };

  const makeCard = (way, close) => {
    const id = `heed-${++number}-title`;
    const top = make("div", {className: "top"},
      make("h2", {id, textContent: `${way.business} · WhatsApp`}));
    if (close) {
      const button = make("button", {className: "x", type: "button", textContent: "×"});
      button.setAttribute("aria-label", way.texts.close);
      button.addEventListener("click", close);
      top.append(button);
    }
    const body = way.consents ? [makeForm(way)]
      : [make("p", {textContent: way.wording}), openLink(way, "go")];
    const card = make("section", {className: "card"}, top, ...body);
    card.setAttribute("aria-labelledby", id);
    return card;
  };

  const makeDialog = (way) => {
    const dialog = make("dialog");
    const card = makeCard(way, () => dialog.close());
    dialog.setAttribute("aria-labelledby", card.getAttribute("aria-labelledby"));
    dialog.append(card);
    return dialog;
  };

  const makeBubble = (way, dialog) => {
    const button = make("button", {className: "chat", type: "button"});
    button.setAttribute("aria-label", `${way.business} · WhatsApp`);
    button.setAttribute("aria-haspopup", "dialog");
    const space = "http://www.w3.org/2000/svg";
    const picture = document.createElementNS(space, "svg");
    picture.setAttribute("viewBox", "0 0 24 24");
    picture.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(space, "path");
    path.setAttribute("fill", "currentColor");
    path.setAttribute("d", "M12 3a9 8.5 0 0 0-7.6 13L3 21l5.3-1.5A9 8.5 0 1 0 12 3zM7.5 10h9v1.6h-9zm0 3.2h6v1.6h-6z");
    picture.append(path);
    button.append(picture);
    button.addEventListener("click", () => dialog.showModal());
    return button;
  };

  const show = async (place) => {
    try {
      const kind = place.dataset.heed;
      // Before the shadow, which hides what stands inside the <div>: old browsers fail here.
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      if (kind !== "form" && !window.HTMLDialogElement) throw new Error("no <dialog> here");
      const way = await load(place);
      const root = place.attachShadow({mode: "open"});
      root.adoptedStyleSheets = [sheet];
      const frame = make("div", {lang: way.language, dir: way.direction});
      root.append(frame);
      if (kind === "form") return frame.append(makeCard(way));
      const dialog = makeDialog(way);
      frame.append(dialog);
      if (kind === "chat") return frame.append(makeBubble(way, dialog));
      const seconds = Math.min(Math.max(Number(place.dataset.delay ?? 3) || 0, 0), 600);
      setTimeout(() => { if (!document.querySelector("dialog[open]")) dialog.showModal(); }, seconds * 1000);
    } catch (error) {
      console.warn(`Heed could not show ${place.dataset.source}: ${error.message}`);
    }
  };

  const start = () => document.querySelectorAll("[data-heed][data-source]").forEach(show);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
