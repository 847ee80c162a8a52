"use strict";

// Builds one form for each operation of openapi.json. Text goes in by textContent alone.
const EXAMPLES = {
  CheckRequest: { recipients: ["+447700900123"], topic: "offers", purpose: "business" },
  ChangeRequest: { messages: "opted_out", evidence: { reason: "asked by phone" } },
  LinkRequest: { recipient: "+447700900123" },
};

function element(name, text, parent) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

function field(form, id, text, kind, value) {
  const label = element("label", text, form);
  label.htmlFor = id;
  const input = element(kind, "", form);
  input.id = id;
  input.value = value;
  return input;
}

function nameOf(operation) {
  const body = operation.requestBody;
  return body ? body.content["application/json"].schema.$ref.split("/").pop() : "";
}

async function call(method, path, headers, body, output) {
  output.textContent = "…";
  try {
    const answer = await fetch(path, { method, headers, body, cache: "no-store", credentials: "omit" });
    const text = await answer.text();
    let shown = text;
    try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch (error) { /* shown as it is */ }
    output.textContent = `${answer.status} ${answer.statusText}\n${shown}`;
  } catch (error) {
    output.textContent = "The server did not answer.";
  }
}

function show(method, path, operation, parent) {
  const id = operation.operationId;
  const details = element("details", "", parent);
  const summary = element("summary", "", details);
  element("b", method, summary);
  summary.append(`${path} — ${operation.summary}`);
  const form = element("form", "", details);
  element("p", operation.description, form);
  const inputs = operation.parameters.map((one) => [
    one, field(form, `${id}-${one.name}`, one.name, "input", one.in === "path" ? "+447700900123" : ""),
  ]);
  const example = EXAMPLES[nameOf(operation)];
  const body = example && field(form, `${id}-body`, "Body", "textarea", JSON.stringify(example, null, 2));
  element("button", "Send", form);
  const output = element("pre", "", form);
  output.setAttribute("aria-live", "polite");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const headers = { Authorization: `Bearer ${document.getElementById("token").value}` };
    let target = path;
    for (const [one, input] of inputs) {
      if (one.in === "path") target = target.replace(`{${one.name}}`, encodeURIComponent(input.value));
      else if (input.value) headers[one.name] = input.value;
    }
    if (body) headers["Content-Type"] = "application/json";
    call(method.toUpperCase(), target, headers, body ? body.value : undefined, output);
  });
}

async function start() {
  const parent = document.getElementById("operations");
  const description = await (await fetch("/openapi.json")).json();
  for (const [path, methods] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(methods)) show(method, path, operation, parent);
  }
  parent.removeAttribute("aria-busy");
}

start();
