// Calls to the sandbox; every change is a POST or DELETE with JSON.

export async function get(path) {
  return read(await fetch(path, { headers: { Accept: "application/json" } }));
}

export async function post(path, body) {
  return read(await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }));
}

export async function remove(path) {
  return read(await fetch(path, { method: "DELETE" }));
}

async function read(response) {
  const body = await response.json();
  if (!response.ok) {
    throw new Error(typeof body.error === "string" ? body.error : `The sandbox answered ${response.status}.`);
  }
  return body;
}
