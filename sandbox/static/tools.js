// The tools beside the phone: templates, odd deliveries, settings, faults, the last notification.

import { get, post, remove } from "./api.js";

const $ = (id) => document.getElementById(id);
const time = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" });
let stopped = false;
let windowOpen = false;
let shown = "";

export function setUpTools(phone, choose) {
  const person = () => phone.current();
  const act = (id, change) => $(id).addEventListener("click", () => person() && phone.attempt(change));
  for (const button of document.querySelectorAll("[data-template]")) {
    button.addEventListener("click", () => {
      if (!person()) return;
      showChat();
      phone.attempt(() => post("/api/template", { person: person(), name: button.dataset.template }));
    });
  }
  act("resend", async () => {
    const last = await get(`/api/notification?person=${encodeURIComponent(person())}`);
    if (!last) throw new Error("This person has written nothing yet.");
    showChat();
    return post("/resend", { notification_id: last.notification_id });
  });
  act("reorder", () => sendOutOfOrder(person()));
  act("marketing", () => post("/inbound", { from: person(), user_preference: stopped ? "resume" : "stop" }));
  act("window", () => post("/window", { recipient: person(), open: !windowOpen }));
  const fault = () => ({ ...JSON.parse($("fault").value), recipient: person() });
  act("fault-once", () => post("/faults", { ...fault(), times: 1 }));
  act("fault-always", () => post("/faults", fault()));
  act("fault-clear", () => remove("/faults"));
  $("open-tools").addEventListener("click", () => { document.body.dataset.view = "tools"; });
  $("close-tools").addEventListener("click", showChat);
  setUpAdd(choose);
  for (const button of document.querySelectorAll("dialog [data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
}

function showChat() {
  document.body.dataset.view = "chat";
}

// Two messages, written one second apart; the later one is posted first.
async function sendOutOfOrder(from) {
  const now = Math.floor(Date.now() / 1000);
  const first = await post("/inbound", { from, text: $("earlier").value || "STOP", timestamp: now - 1, hold: true });
  const second = await post("/inbound", { from, text: $("later").value || "START", timestamp: now });
  showChat();
  const answer = await post("/resend", { notification_id: first.notification_id });
  return second.status === 200 ? answer : second;
}

export function drawTools(chat) {
  stopped = chat.marketing_stopped;
  windowOpen = chat.window_ends_at !== null;
  setText($("marketing-state"), `Offers and announcements: ${stopped ? "stopped" : "on"}`);
  setText($("marketing"), stopped ? "Resume offers" : "Stop offers");
  setText($("window-state"), windowOpen
    ? `Open until ${time.format(new Date(chat.window_ends_at * 1000))}`
    : "Closed: only templates reach this person");
  setText($("window"), windowOpen ? "Close the window" : "Open the window");
  setText($("fault-state"), chat.faults ? `Switched on: ${chat.faults}` : "Nothing goes wrong");
  const marks = chat.lines.map((line) => `${line.notification_id}${line.posts}${line.webhook_status}`).join();
  const mark = `${chat.person.key} ${marks}`;
  if (mark !== shown) {
    shown = mark;
    showNotification(chat.person.key);
  }
}

async function showNotification(key) {
  const last = await get(`/api/notification?person=${encodeURIComponent(key)}`);
  const status = last && (last.status === null ? "not posted yet" : last.status || "no answer");
  setText($("notification-state"), last ? `Webhook: ${status} · posted ${last.attempts.length}×` : "None yet");
  $("notification").hidden = !last;
  setText($("notification"), last ? JSON.stringify(last.body, null, 1) : "");
}

function setUpAdd(choose) {
  const dialog = $("add");
  const form = $("add-form");
  const alert = form.querySelector(".alert");
  $("open-add").addEventListener("click", () => {
    form.reset();
    alert.hidden = true;
    dialog.showModal();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const added = await post("/api/people", Object.fromEntries(new FormData(form)));
      dialog.close();
      choose(added.key);
    } catch (error) {
      alert.textContent = error.message;
      alert.hidden = false;
    }
  });
}

function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}
