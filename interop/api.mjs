// The API of `chargeyard serve`, as the stations of this directory use it.

/** The API at base, with its token. */
export class Api {
  constructor(base, token) {
    this.base = base;
    this.token = token;
  }

  /** Sends a request; returns the answer's JSON, undefined without one. A status of 400 and above is an error that has the body's text. */
  async request(method, path, body) {
    const res = await fetch(this.base + path, {
      method,
      headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    });
    const text = await res.text();
    if (!res.ok) throw new Error(`${method} ${path}: ${res.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  get(path) {
    return this.request("GET", path);
  }

  /** Asks a station for something and returns what the API says of it; response is the station's answer. */
  command(id, action, payload) {
    return this.request("POST", `/api/v1/stations/${id}/commands`, { action, payload, timeout: 10 });
  }
}
