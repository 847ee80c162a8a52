// Draws one line of a chat. Texts go through textContent only: they are somebody else's words.

const TICKS = {
  pending: ["wait", "", "not delivered yet"],
  refused: ["fail", "bad", "the webhook did not take it"],
  delivered: ["two", "", "the webhook took it"],
  read: ["two", "read", "read by the business"],
};
const STATES = {
  accepted: "accepted",
  sent: "sent",
  delivered: "delivered",
  read: "read",
  failed: "never arrived",
};
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) {
    made.textContent = text;
    made.dir = "auto";
  }
  return made;
}

export function drawLine(line, language, actions) {
  const bubble = line.bubble;
  if (bubble.note) return element("li", "note", bubble.note);
  const item = element("li", line.mine ? "line mine" : "line");
  const box = element("div", "bubble");
  box.lang = language;
  box.append(element("span", "hidden", line.mine ? "You:" : "Business:"));
  if (line.quote) box.append(element("div", "quote", line.quote));
  if (bubble.header) box.append(element("div", "head", bubble.header));
  if (bubble.attachment) box.append(element("div", "file", `[${bubble.attachment}]`));
  if (bubble.text) box.append(format(bubble.text));
  if (bubble.footer) box.append(element("div", "foot", bubble.footer));
  box.append(element("div", "meta"));
  item.append(box);
  if (!line.mine) drawChoices(item, line, language, actions);
  updateLine(item, line, actions);
  return item;
}

// Ticks and counts change after a line was drawn; the rest never does.
export function updateLine(item, line, actions) {
  item.dataset.state = line.state;
  const meta = item.querySelector(".meta");
  if (meta) fillMeta(meta, line, actions);
}

function fillMeta(meta, line, actions) {
  const mark = [line.state, line.posts, line.webhook_status].join(" ");
  if (meta.dataset.mark === mark) return;
  meta.dataset.mark = mark;
  const hadFocus = meta.contains(document.activeElement);
  const parts = [];
  if (line.mine && line.posts > 1) parts.push(element("span", "posts", `posted ${line.posts}×`));
  if (line.state === "refused") parts.push(element("span", "state bad", `webhook: ${line.webhook_status || "no answer"}`));
  parts.push(element("time", "", clock.format(new Date(line.at * 1000))));
  if (line.mine) {
    const again = element("button", "again", "↻");
    again.type = "button";
    again.title = "Send this notification again";
    again.setAttribute("aria-label", again.title);
    again.addEventListener("click", () => actions.resend(line.notification_id));
    parts.push(drawTick(line.state), again);
  } else {
    parts.push(element("span", line.state === "failed" ? "state bad" : "state", STATES[line.state]));
  }
  meta.replaceChildren(...parts);
  if (hadFocus) meta.querySelector(".again")?.focus();
}

function drawTick(state) {
  const [symbol, className, label] = TICKS[state] ?? TICKS.pending;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `tick ${className}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#tick-${symbol}`);
  svg.append(use);
  return svg;
}

function drawChoices(item, line, language, actions) {
  const choices = element("div", "choices");
  choices.lang = language;
  for (const button of line.bubble.buttons ?? []) {
    choices.append(choiceButton(button.title, () => actions.tap(line, button)));
  }
  if (line.bubble.list) {
    choices.append(choiceButton(`☰ ${line.bubble.list.button}`, () => actions.openList(line)));
  }
  if (line.bubble.link) {
    const link = element("a", "", `${line.bubble.link.title} ↗`);
    link.href = line.bubble.link.url;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    choices.append(link);
  }
  if (choices.children.length) item.append(choices);
}

function choiceButton(title, act) {
  const button = element("button", "", title);
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

// *bold*, _italic_, ~struck~ and ```code```, as WhatsApp writes them.
function format(text) {
  const body = element("div", "body");
  body.dir = "auto";
  const tags = { "*": "b", _: "i", "~": "s" };
  for (const part of text.split(/(```[^`]+```|\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~)/)) {
    if (part.startsWith("```") && part.length > 6) body.append(element("code", "", part.slice(3, -3)));
    else if (part.length > 2 && tags[part[0]] && part.at(-1) === part[0]) body.append(element(tags[part[0]], "", part.slice(1, -1)));
    else body.append(part);
  }
  for (const inner of body.children) inner.removeAttribute("dir");
  return body;
}
