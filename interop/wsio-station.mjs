// ocpp-ws-io as a charging station in strict mode against `chargeyard serve`, in OCPP 1.6, 2.0.1 and 2.1: a whole session
// with compression, every command, and every way in (nothing, Basic, TLS with Basic, TLS with a client certificate).
//
//   node wsio-station.mjs --ocpp ws://127.0.0.1:8887/ocpp --tls wss://127.0.0.1:8443/ocpp --pki DIR --api http://127.0.0.1:8080 --token TOKEN
import { readFileSync } from "node:fs";
import { connect as dial, createServer } from "node:net";
import { parseArgs } from "node:util";
import { OCPPClient, SecurityProfile, createRPCError, getStandardValidator } from "ocpp-ws-io";
import { Api } from "./api.mjs";
import { assert, check, equal, eventually, finish } from "./check.mjs";
import { Answerer, commandNames, everyCommand } from "./commands.mjs";

const { values: args } = parseArgs({
  options: { ocpp: { type: "string" }, tls: { type: "string" }, pki: { type: "string" }, api: { type: "string" }, token: { type: "string" } },
});

const api = new Api(args.api, args.token);
const pem = (name) => readFileSync(`${args.pki}/${name}.pem`);
const key = (name) => readFileSync(`${args.pki}/${name}.key`);
const now = () => new Date().toISOString();
const NON_ASCII = "Grüße 充電 ⚡ \u{1F697}"; // two, three and four bytes in UTF-8; a surrogate pair in JSON escapes
const LONG = NON_ASCII.repeat(200); // longer than the 1024 bytes from which ocpp-ws-io compresses

/** A strict station that answers commands through an Answerer and keeps what went wrong in problems. */
class Station {
  answerer = new Answerer();
  problems = [];

  constructor(protocol, identity, access = {}) {
    this.protocol = protocol;
    this.identity = identity;
    this.client = new OCPPClient({
      endpoint: args.ocpp, identity, protocols: [protocol], strictMode: true, reconnect: false, callTimeoutMs: 10_000,
      pingIntervalMs: 0, logging: false, ...access,
    });
    this.client.handle((method, { params }) => this.answerer.handle(method, params));
    this.client.on("strictValidationFailure", ({ error }) => this.problems.push(`schema: ${error.message}`));
    this.client.on("badMessage", ({ error }) => this.problems.push(`bad message: ${error.message}`));
    this.client.on("handlerError", ({ method, error }) => {
      if (error !== this.answerer.answer(method)) this.problems.push(`${method}: ${error.message}`);
    });
    this.client.on("error", (error) => this.problems.push(error.message));
  }

  async connect() {
    await this.client.connect();
    equal(this.client.protocol, this.protocol, "negotiated subprotocol");
  }

  call = (action, payload) => this.client.call(action, payload);
  close = () => this.client.close();
  check = (name, fn) => check(`ws-io ${this.protocol}: ${name}`, fn);

  boot() {
    return this.call("BootNotification", this.protocol === "ocpp1.6"
      ? { chargePointVendor: "ocpp-ws-io", chargePointModel: "interop" }
      : { chargingStation: { vendorName: "ocpp-ws-io", model: "interop" }, reason: "PowerUp" });
  }
}

/**
 * A wire tap before the server: it keeps the server's first packet and counts the bytes of each direction. ocpp-ws-io does
 * not say what was agreed on: connect() resolves with {response: undefined}, against its types.
 */
class Tap {
  first = "";
  up = 0;
  down = 0;

  async open(url) {
    const { hostname, port, pathname } = new URL(url);
    this.server = createServer((near) => {
      const far = dial(Number(port), hostname);
      near.on("data", (b) => { this.up += b.length; }).on("error", () => far.destroy()).pipe(far);
      far.on("data", (b) => { this.first ||= b.toString("latin1"); this.down += b.length; }).on("error", () => near.destroy()).pipe(near);
    });
    await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
    return `ws://127.0.0.1:${this.server.address().port}${pathname}`;
  }
}

async function session(protocol, id, charge) {
  const tap = new Tap();
  const st = new Station(protocol, id, { endpoint: await tap.open(args.ocpp), compression: true });
  await st.check("connects with permessage-deflate", async () => {
    await st.connect();
    assert(/^sec-websocket-extensions: *permessage-deflate/im.test(tap.first), `the server's answer: ${tap.first}`);
  });
  await st.check("boot is accepted", async () => {
    const boot = await st.boot();
    equal(boot.status, "Accepted", "status");
    assert(boot.interval > 0 && !Number.isNaN(Date.parse(boot.currentTime)), JSON.stringify(boot));
  });
  await st.check("heartbeat", async () => {
    const skew = Math.abs(Date.parse((await st.call("Heartbeat", {})).currentTime) - Date.now());
    assert(skew < 5000, `the server's clock is ${skew} ms off`);
  });
  await charge(st);
  await st.check("DataTransfer, long and not ASCII", async () => {
    const data = protocol === "ocpp1.6" ? LONG : { text: LONG };
    const before = tap.up;
    const res = await st.call("DataTransfer", { vendorId: "org.example", messageId: "grüße", data });
    assert(tap.up - before < 1000, `${tap.up - before} bytes for ${LONG.length} characters: it was not compressed`);
    assert(["UnknownVendorId", "UnknownMessageId"].includes(res.status), JSON.stringify(res));
    await eventually(3000, async () => {
      const { items } = await api.get(`/api/v1/stations/${id}/data-transfers`);
      assert(items.some((d) => JSON.stringify(d).includes(NON_ASCII)), "it is not in the API");
    });
  });
  await everyCommand(api, "ws-io", protocol, id, st.answerer);
  await st.check("a command, long and not ASCII", async () => {
    const payload = { vendorId: "org.example", data: LONG };
    st.answerer.expect("DataTransfer", { status: "Accepted", data: LONG });
    const before = tap.down;
    const got = await api.command(id, "DataTransfer", payload);
    equal([st.answerer.asked("DataTransfer"), got.response.data], [payload, LONG], "what was sent and answered");
    assert(tap.down - before < 1000, `${tap.down - before} bytes for ${LONG.length} characters: it was not compressed`);
  });
  await st.check("a CALLERROR is in the API with its code", async () => {
    st.answerer.expect("ClearCache", createRPCError("NotSupported", "no cache here"));
    const failed = await api.command(id, "ClearCache", {}).then(() => "", (err) => err.message);
    assert(failed.includes(" 502 ") && failed.includes('"NotSupported"'), failed || "there was none");
  });
  await st.check("a command that breaks the schema is refused with a pointer, and not sent", async () => {
    st.answerer.expect("ClearCache", {});
    const failed = await api.command(id, "ClearCache", { nonsense: 1 }).then(() => "", (err) => err.message);
    assert(failed.includes(" 422 ") && failed.includes("/payload/nonsense"), failed || "it was accepted");
    equal(st.answerer.asked("ClearCache"), undefined, "what arrived");
  });
  await st.check("an unknown action is answered NotImplemented", () => unknownAction(protocol, id));
  await st.check("the station is in the API", async () => {
    const got = await api.get(`/api/v1/stations/${id}`);
    equal([got.version, got.vendor, got.model, got.bootStatus], [protocol.slice(4), "ocpp-ws-io", "interop", "Accepted"], "station");
  });
  await st.check("no message broke a schema", () => equal(st.problems, [], "problems"));
  await st.close();
  tap.server.close();
}

// Strict mode refuses to send what its schemas do not know; a lax station sends it.
async function unknownAction(protocol, id) {
  const st = new Station(protocol, `${id}-LAX`, { strictMode: false });
  await st.connect();
  await st.boot();
  try {
    await st.call("NoSuchAction", {});
  } catch (err) {
    equal(err.rpcErrorCode, "NotImplemented", "error code");
    return;
  } finally {
    await st.close();
  }
  throw new Error("it was accepted");
}

async function charge16(st) {
  await st.check("status", async () => {
    for (const status of ["Available", "Preparing"]) {
      equal(await st.call("StatusNotification", { connectorId: 1, errorCode: "NoError", status }), {});
    }
  });
  await st.check("authorize", async () => {
    equal((await st.call("Authorize", { idTag: "WSIO16" })).idTagInfo.status, "Accepted", "status");
  });
  await st.check("start, meter values, stop", async () => {
    const begin = { connectorId: 1, idTag: "WSIO16", meterStart: 1000, timestamp: now() };
    const { transactionId, idTagInfo } = await st.call("StartTransaction", begin);
    equal(idTagInfo.status, "Accepted", "status");
    for (const value of ["1250", "1500.5"]) {
      const sampledValue = [{ value, measurand: "Energy.Active.Import.Register", unit: "Wh", context: "Sample.Periodic" }];
      equal(await st.call("MeterValues", { connectorId: 1, transactionId, meterValue: [{ timestamp: now(), sampledValue }] }), {});
    }
    await st.call("StopTransaction", { transactionId, idTag: "WSIO16", meterStop: 2000, timestamp: now(), reason: "Local" });
  });
  await readBack(st, "WSIO16");
}

async function charge2(st) {
  const idToken = { idToken: `WSIO-${st.protocol}`, type: "ISO14443" };
  await st.check("status", async () => {
    for (const connectorStatus of ["Available", "Occupied"]) {
      equal(await st.call("StatusNotification", { timestamp: now(), connectorStatus, evseId: 1, connectorId: 1 }), {});
    }
  });
  await st.check("authorize", async () => {
    equal((await st.call("Authorize", { idToken })).idTokenInfo.status, "Accepted", "status");
  });
  const reading = (value, context) => [{
    timestamp: now(),
    sampledValue: [{ value, measurand: "Energy.Active.Import.Register", context, unitOfMeasure: { unit: "Wh" } }],
  }];
  const transactionId = crypto.randomUUID();
  const event = (seqNo, eventType, triggerReason, meterValue, info) =>
    st.call("TransactionEvent", {
      eventType, triggerReason, seqNo, timestamp: now(), transactionInfo: { transactionId, ...info }, evse: { id: 1, connectorId: 1 },
      ...(eventType === "Updated" ? {} : { idToken }), meterValue,
    });
  await st.check("TransactionEvent started, updated, ended", async () => {
    const res = await event(0, "Started", "Authorized", reading(1000, "Transaction.Begin"), { chargingState: "Charging" });
    equal(res.idTokenInfo?.status, "Accepted", "status");
    await event(1, "Updated", "MeterValuePeriodic", reading(1500.5, "Sample.Periodic"));
    await event(2, "Ended", "StopAuthorized", reading(2000, "Transaction.End"), { stoppedReason: "Local" });
  });
  await st.check("meter values without a transaction", async () => {
    equal(await st.call("MeterValues", { evseId: 1, meterValue: reading(2000, "Sample.Clock") }), {});
  });
  await readBack(st, idToken.idToken);
}

async function readBack(st, idToken) {
  await st.check("the session is in the API", async () => {
    const { items } = await eventually(3000, async () => {
      const list = await api.get(`/api/v1/transactions?station=${st.identity}`);
      assert(list.items?.length === 1, `${list.items?.length} transactions, want 1`);
      return list;
    });
    const tx = items[0];
    equal([tx.station, tx.evse, tx.idToken, tx.active], [st.identity, 1, idToken, false], "transaction");
    equal([Number(tx.meterStart), Number(tx.meterStop), tx.stopReason], [1000, 2000, "Local"], "meter");
  });
}

/** Connects, boots, and answers one command: by a way in that lets the station in. */
async function entersBy(name, protocol, identity, access) {
  await check(`ws-io ${protocol}: ${name} lets the station in`, async () => {
    const st = new Station(protocol, identity, access);
    await st.connect();
    equal((await st.boot()).status, "Accepted", "boot");
    st.answerer.expect("ClearCache", { status: "Accepted" });
    equal((await api.command(identity, "ClearCache", {})).response, { status: "Accepted" }, "answer");
    equal(st.problems, [], "problems");
    await st.close();
  });
}

/** Demands that the server refuses a connection with an HTTP status. */
async function isRefused(name, protocol, identity, access, status) {
  await check(`ws-io ${protocol}: ${name} is refused with ${status}`, async () => {
    const st = new Station(protocol, identity, access);
    try {
      await st.connect();
    } catch (err) {
      assert(String(err.message).includes(String(status)), `it failed with ${err.message}`);
      return;
    }
    await st.close();
    throw new Error("it was let in");
  });
}

const create = (id, securityProfile) => api.request("POST", "/api/v1/stations", { id, securityProfile });

async function waysIn(protocol) {
  const id = (way) => `WSIO-${protocol.slice(4)}-${way}`;
  const ca = pem("ca");
  const basic = { securityProfile: SecurityProfile.BASIC_AUTH };
  const { credential } = await create(id("BASIC"), 1);
  await entersBy("Basic", protocol, id("BASIC"), { ...basic, password: credential.password });
  // Not with the key's bytes, as 1.6 has it: ocpp-ws-io takes a Buffer and writes it as UTF-8, which loses them. station.mjs does.
  await isRefused("a wrong password", protocol, id("BASIC"), { ...basic, password: "0".repeat(40) }, 401);
  await isRefused("no password", protocol, id("BASIC"), {}, 401);

  const tls = { endpoint: args.tls, securityProfile: SecurityProfile.TLS_BASIC_AUTH, tls: { ca } };
  const onTLS = await create(id("TLS"), 2);
  await entersBy("TLS with Basic", protocol, id("TLS"), { ...tls, password: onTLS.credential.password, compression: true });
  await isRefused("a wrong password over TLS", protocol, id("TLS"), { ...tls, password: "0".repeat(40) }, 401);

  const mutual = (name) => ({
    endpoint: args.tls, securityProfile: SecurityProfile.TLS_CLIENT_CERT, tls: { ca, cert: pem(name), key: key(name) },
  });
  await create(id("MTLS"), 3);
  await entersBy("a client certificate", protocol, id("MTLS"), { ...mutual(id("MTLS")), compression: true });
  await isRefused("a certificate of another station", protocol, id("MTLS"), mutual("WSIO-OTHER"), 401);
  await isRefused("no certificate", protocol, id("MTLS"), tls, 401); // profile 2 without a password: with none, ocpp-ws-io ignores the authority
}

for (const [protocol, charge] of [["ocpp1.6", charge16], ["ocpp2.0.1", charge2], ["ocpp2.1", charge2]]) {
  await check(`ws-io ${protocol}: it knows every command that we can give`, () => {
    const validator = getStandardValidator(protocol);
    equal(commandNames(protocol).filter((action) => !validator.hasSchema(`urn:${action}.req`)), [], "unknown commands");
  });
  await check(`ws-io ${protocol}: the whole session runs`, () => session(protocol, `WSIO-${protocol.slice(4)}`, charge));
  await check(`ws-io ${protocol}: the ways in are tried`, () => waysIn(protocol));
}
finish();
