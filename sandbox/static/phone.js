// The phone: which person, their chat, the text box. Tools are in tools.js.

import { get, post } from "./api.js";
import { drawLine, element, updateLine } from "./bubbles.js";
import { drawTools, setUpTools } from "./tools.js";

const POLL_MS = 700;
const $ = (id) => document.getElementById(id);
const drawn = new Map();
const seen = new Map();
let person = null;
let language = "en";
let chipsOf = null;
let polling = false;

const actions = {
  tap(line, button) {
    const answer = button.kind === "button"
      ? { button: { payload: button.id, text: button.title } }
      : { button_reply: { id: button.id, title: button.title } };
    return inbound({ ...answer, context: line.id });
  },
  openList: openPicker,
  resend: (id) => attempt(() => post("/resend", { notification_id: id })),
};

export const phone = { inbound, attempt, current: () => person };

async function inbound(body) {
  if (!person) return null;
  return attempt(() => post("/inbound", { from: person, ...body }));
}

// Runs one change, shows what went wrong, and draws the chat again at once.
async function attempt(change) {
  const alert = $("alert");
  try {
    const answer = await change();
    alert.hidden = true;
    if (answer?.status !== undefined && answer.status !== null && answer.status !== 200) {
      alert.textContent = answer.status
        ? `The webhook answered ${answer.status}. The notification will be sent again.`
        : "The webhook does not answer. The notification will be sent again.";
      alert.dataset.about = "webhook";
      alert.hidden = false;
    }
    return answer;
  } catch (error) {
    alert.textContent = error.message;
    alert.dataset.about = "request";
    alert.hidden = false;
    return null;
  } finally {
    poll();
  }
}

async function poll() {
  if (polling) return;
  polling = true;
  try {
    drawPeople(await get("/api/people"));
    if (person) {
      const asked = person;
      const chat = await get(`/api/chat?person=${encodeURIComponent(asked)}`);
      if (asked === person && chat) drawChat(chat);
    }
    $("offline").hidden = true;
  } catch {
    $("offline").hidden = false;
  } finally {
    polling = false;
  }
}

function drawPeople(people) {
  const list = $("people");
  people.forEach((one, position) => {
    let item = list.querySelector(`[data-key="${CSS.escape(one.key)}"]`);
    if (!item) {
      item = personEntry(one, position);
      list.append(item);
    }
    const last = one.last;
    const text = last ? last.bubble.text || last.bubble.note || `[${last.bubble.attachment ?? "message"}]` : "No messages yet";
    setText(item.querySelector(".last"), `${last?.mine ? "You: " : ""}${text}`);
    item.querySelector("button").setAttribute("aria-current", String(one.key === person));
    if (one.key === person) seen.set(one.key, last?.id);
    item.querySelector(".badge").hidden = !last || last.mine || seen.get(one.key) === last.id;
  });
}

function personEntry(one, position) {
  const item = element("li");
  item.dataset.key = one.key;
  const button = element("button");
  button.type = "button";
  const initials = one.name.split(/\s+/).map((word) => [...word][0]).join("").slice(0, 2);
  const avatar = element("span", `avatar tone-${position % 5}`, initials);
  avatar.setAttribute("aria-hidden", "true");
  const entry = element("span", "entry");
  const name = element("span", "name", one.name);
  name.lang = one.language;
  const meta = element("span", "meta");
  const spoken = element("bdi", "", one.language_name);
  spoken.lang = one.language;
  meta.append(`${one.address} · `, spoken);
  entry.append(name, meta, element("span", "last", " "));
  const badge = element("span", "badge", "new");
  badge.hidden = true;
  button.append(avatar, entry, badge);
  button.addEventListener("click", () => choose(one.key));
  item.append(button);
  return item;
}

function choose(key) {
  document.body.dataset.view = "chat";
  history.replaceState(null, "", `#${encodeURIComponent(key)}`);
  if (person !== key) {
    person = key;
    drawn.clear();
    $("lines").replaceChildren();
    $("alert").hidden = true;
  }
  poll();
}

function drawChat(chat) {
  language = chat.person.language;
  setText($("whose"), chat.person.name);
  setText($("address"), chat.person.address);
  $("text").lang = language;
  drawChips(chat.chips);
  const list = $("lines");
  const scroller = $("scroller");
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
  // A whole chat that appears at once is not news; only what comes later is read out.
  list.setAttribute("aria-busy", String(drawn.size === 0));
  let added = false;
  for (const line of chat.lines) {
    const known = drawn.get(line.id);
    if (known) {
      updateLine(known, line, actions);
    } else {
      const item = drawLine(line, language, actions);
      drawn.set(line.id, item);
      list.querySelector(".empty")?.remove();
      list.append(item);
      added = true;
    }
  }
  if (!chat.lines.length && !list.children.length) {
    list.append(element("li", "empty", "Nothing here yet. Write something, tap a quick text, or let the business send a template."));
  }
  list.removeAttribute("aria-busy");
  $("typing").hidden = !chat.typing;
  const alert = $("alert");
  if (alert.dataset.about === "webhook" && !chat.lines.some((line) => line.state === "refused")) alert.hidden = true;
  if (added && (atEnd || chat.lines.at(-1).mine)) scroller.scrollTop = scroller.scrollHeight;
  drawTools(chat);
}

function drawChips(chips) {
  if (chipsOf === chips.join()) return;
  chipsOf = chips.join();
  [$("earlier").value, $("later").value] = chips;
  $("chips").replaceChildren(...chips.map((text) => {
    const chip = element("button", "", text);
    chip.type = "button";
    chip.lang = language;
    chip.addEventListener("click", () => inbound({ text }));
    return chip;
  }));
}

function openPicker(line) {
  const picker = $("picker");
  setText($("picker-title"), line.bubble.list.button);
  const rows = [];
  for (const section of line.bubble.list.sections) {
    if (section.title) rows.push(element("h3", "", section.title));
    for (const row of section.rows) {
      const button = element("button");
      button.type = "button";
      button.append(element("span", "title", row.title));
      if (row.description) button.append(element("span", "about", row.description));
      button.addEventListener("click", () => {
        picker.close();
        inbound({ list_reply: { id: row.id, title: row.title, ...(row.description && { description: row.description }) }, context: line.id });
      });
      rows.push(button);
    }
  }
  $("picker-rows").replaceChildren(...rows);
  picker.showModal();
}

function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

function grow() {
  const box = $("text");
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
}

function setUp() {
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const box = $("text");
    if (!box.value.trim()) return;
    inbound({ text: box.value });
    box.value = "";
    grow();
    box.focus();
  });
  $("text").addEventListener("input", grow);
  $("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      $("composer").requestSubmit();
    }
  });
  $("back").addEventListener("click", () => { document.body.dataset.view = "people"; });
  setUpTools(phone, choose);
  const wide = window.matchMedia("(min-width: 48rem)").matches;
  const named = decodeURIComponent(location.hash.slice(1));
  if (named || wide) choose(named || "447700900123");
  poll();
  setInterval(poll, POLL_MS);
}

setUp();
