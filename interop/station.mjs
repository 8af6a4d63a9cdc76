// ocpp-rpc as a charging station in strict mode, through one whole session against `chargeyard serve`, in OCPP 1.6 and
// 2.0.1, and through every command of 1.6, 2.0.1 and 2.1. It reads the session back from the API.
//
//   node station.mjs --ocpp ws://127.0.0.1:8887/ocpp --api http://127.0.0.1:8080 --token TOKEN
import { parseArgs } from "node:util";
import { RPCClient, createValidator } from "ocpp-rpc";
import { Api } from "./api.mjs";
import { assert, check, equal, eventually, finish } from "./check.mjs";
import { Answerer, allSchemas, everyCommand } from "./commands.mjs";

const { values: args } = parseArgs({
  options: { ocpp: { type: "string" }, api: { type: "string" }, token: { type: "string" } },
});

const NON_ASCII = "Grüße 充電 ⚡ \u{1F697}"; // two, three and four bytes in UTF-8; a surrogate pair in JSON escapes

const api = new Api(args.api, args.token);

async function connect(identity, protocol, handlers, access = {}) {
  const station = new RPCClient({
    endpoint: args.ocpp, identity, protocols: [protocol], strictMode: true, reconnect: false, callTimeoutMs: 10_000, ...access,
  });
  station.on("strictValidationFailure", (event) => {
    check(`${protocol}: no message breaks ocpp-rpc's schemas`, () => { throw event.error; });
  });
  station.on("badMessage", (event) => {
    check(`${protocol}: no bad message`, () => { throw event.error ?? new Error("bad message"); });
  });
  for (const [action, handler] of Object.entries(handlers)) station.handle(action, handler);
  await station.connect();
  equal(station.protocol, protocol, "negotiated subprotocol");
  return station;
}

async function unknownAction(station, protocol) {
  await check(`${protocol}: an unknown action is answered NotImplemented`, async () => {
    const loose = await connectLoose(`${station.identity}-loose`, protocol);
    try {
      await loose.call("NoSuchAction", {});
    } catch (err) {
      equal(err.rpcErrorCode, "NotImplemented", "error code");
      return;
    } finally {
      await loose.close();
    }
    throw new Error("it was accepted");
  });
}

// Strict mode refuses to send an action that its schemas do not know; this one sends it.
async function connectLoose(identity, protocol) {
  const station = new RPCClient({ endpoint: args.ocpp, identity, protocols: [protocol], reconnect: false });
  await station.connect();
  await station.call("BootNotification", bootOf(protocol));
  return station;
}

const bootOf = (protocol) =>
  protocol === "ocpp1.6"
    ? { chargePointVendor: "ocpp-rpc", chargePointModel: "interop" }
    : { chargingStation: { vendorName: "ocpp-rpc", model: "interop" }, reason: "PowerUp" };

const now = () => new Date().toISOString();

async function readBack(protocol, id, want) {
  await check(`${protocol}: the station is in the API`, async () => {
    const st = await api.get(`/api/v1/stations/${id}`);
    equal(st.version, protocol.slice(4), "version");
    equal([st.online, st.vendor, st.model, st.bootStatus], [true, "ocpp-rpc", "interop", "Accepted"], "station");
  });
  await check(`${protocol}: the session is in the API`, async () => {
    const { items } = await eventually(3000, async () => {
      const list = await api.get(`/api/v1/transactions?station=${id}`);
      assert(list.items?.length === 1, `${list.items?.length} transactions, want 1`);
      return list;
    });
    const tx = items[0];
    equal([tx.station, tx.evse, tx.idToken, tx.active], [id, 1, want.idToken, false], "transaction");
    equal([Number(tx.meterStart), Number(tx.meterStop), tx.stopReason], [want.start, want.stop, "Local"], "meter");
    assert(tx.startedAt && tx.endedAt, "startedAt or endedAt is missing");
    const samples = await api.get(`/api/v1/transactions/${tx.id}/samples`);
    assert(samples.items.length >= 2, `${samples.items.length} samples, want at least 2`);
  });
  await check(`${protocol}: no transaction is active`, async () => {
    const { items } = await api.get(`/api/v1/transactions?station=${id}&active=true`);
    equal(items.length, 0, "active transactions");
  });
}

async function session16() {
  const protocol = "ocpp1.6", id = "RPC-16";
  const got = {};
  const st = await connect(id, protocol, {
    Reset: ({ params }) => { got.reset = params; return { status: "Accepted" }; },
    GetConfiguration: ({ params }) => {
      got.keys = params.key;
      return { configurationKey: [{ key: "HeartbeatInterval", readonly: false, value: "300" }], unknownKey: ["Nope"] };
    },
  });
  await check("1.6: boot is accepted", async () => {
    const boot = await st.call("BootNotification", bootOf(protocol));
    equal(boot.status, "Accepted", "status");
    assert(boot.interval > 0, `interval ${boot.interval}`);
  });
  await check("1.6: status, heartbeat", async () => {
    for (const status of ["Available", "Preparing"]) {
      equal(await st.call("StatusNotification", { connectorId: 1, errorCode: "NoError", status }), {});
    }
    assert((await st.call("Heartbeat", {})).currentTime, "no currentTime");
  });
  await check("1.6: authorize", async () => {
    equal((await st.call("Authorize", { idTag: "CAFE01" })).idTagInfo.status, "Accepted", "status");
  });
  const transactionId = await check("1.6: start", async () => {
    const start = { connectorId: 1, idTag: "CAFE01", meterStart: 1000, timestamp: now() };
    const res = await st.call("StartTransaction", start);
    equal(res.idTagInfo.status, "Accepted", "status");
    equal((await st.call("StartTransaction", start)).transactionId, res.transactionId, "id of the repeated start");
    return res.transactionId;
  });
  await check("1.6: meter values", async () => {
    for (const value of ["1250", "1500.5"]) {
      const sampledValue = [
        { value, measurand: "Energy.Active.Import.Register", unit: "Wh", context: "Sample.Periodic" },
        { value: "230.1", measurand: "Voltage", unit: "V", phase: "L1" },
      ];
      equal(await st.call("MeterValues", { connectorId: 1, transactionId, meterValue: [{ timestamp: now(), sampledValue }] }), {});
    }
  });
  await check("1.6: a CALL of the server is answered while ours go on", async () => {
    const res = await api.command(id, "GetConfiguration", { key: ["HeartbeatInterval", "Nope"] });
    equal(got.keys, ["HeartbeatInterval", "Nope"], "keys");
    assert(JSON.stringify(res).includes('"HeartbeatInterval"'), `answer ${JSON.stringify(res)}`);
  });
  await check("1.6: stop", async () => {
    const res = await st.call("StopTransaction", { transactionId, idTag: "CAFE01", meterStop: 2000, timestamp: now(), reason: "Local" });
    assert(!res.idTagInfo || res.idTagInfo.status === "Accepted", JSON.stringify(res));
  });
  await check("1.6: DataTransfer with non-ASCII text", async () => {
    const res = await st.call("DataTransfer", { vendorId: "org.example", messageId: "grüße", data: NON_ASCII });
    assert(["UnknownVendorId", "UnknownMessageId", "Accepted"].includes(res.status), JSON.stringify(res));
  });
  await unknownAction(st, protocol);
  await check("1.6: Reset", async () => {
    await api.command(id, "Reset", { type: "Soft" });
    equal(got.reset, { type: "Soft" }, "payload");
  });
  await check("1.6: a command that breaks the schema is refused with a pointer", async () => {
    try {
      await api.command(id, "Reset", { type: "Warm" });
    } catch (err) {
      assert(err.message.includes("422") && err.message.includes("/type"), err.message);
      return;
    }
    throw new Error("it was sent");
  });
  await readBack(protocol, id, { idToken: "CAFE01", start: 1000, stop: 2000 });
  await st.close();
}

async function session201() {
  const protocol = "ocpp2.0.1", id = "RPC-201";
  const got = {};
  const st = await connect(id, protocol, {
    Reset: ({ params }) => { got.reset = params; return { status: "Accepted" }; },
    GetVariables: ({ params }) => {
      got.variables = params.getVariableData;
      return {
        getVariableResult: params.getVariableData.map(({ component, variable }) => ({
          attributeStatus: "Accepted", attributeValue: "300", component, variable,
        })),
      };
    },
  });
  await check("2.0.1: boot is accepted", async () => {
    equal((await st.call("BootNotification", bootOf(protocol))).status, "Accepted", "status");
  });
  await check("2.0.1: status, heartbeat", async () => {
    for (const connectorStatus of ["Available", "Occupied"]) {
      equal(await st.call("StatusNotification", { timestamp: now(), connectorStatus, evseId: 1, connectorId: 1 }), {});
    }
    assert((await st.call("Heartbeat", {})).currentTime, "no currentTime");
  });
  const idToken = { idToken: "CAFE0201", type: "ISO14443" };
  await check("2.0.1: authorize", async () => {
    equal((await st.call("Authorize", { idToken })).idTokenInfo.status, "Accepted", "status");
  });
  const transactionId = crypto.randomUUID();
  let seqNo = 0;
  const event = (eventType, triggerReason, energy, more = {}) =>
    st.call("TransactionEvent", {
      eventType, triggerReason, seqNo: seqNo++, timestamp: now(),
      transactionInfo: { transactionId, ...more.info }, evse: { id: 1, connectorId: 1 },
      ...(eventType === "Updated" ? {} : { idToken }),
      meterValue: [{
        timestamp: now(),
        sampledValue: [
          { value: energy, measurand: "Energy.Active.Import.Register", context: more.context ?? "Sample.Periodic", unitOfMeasure: { unit: "Wh" } },
        ],
      }],
    });
  await check("2.0.1: TransactionEvent started, updated, ended", async () => {
    const res = await event("Started", "Authorized", 1000, { context: "Transaction.Begin", info: { chargingState: "Charging" } });
    equal(res.idTokenInfo?.status, "Accepted", "status");
    await event("Updated", "MeterValuePeriodic", 1500.5);
    const vars = [{ component: { name: "OCPPCommCtrlr" }, variable: { name: "HeartbeatInterval" } }];
    const answer = await api.command(id, "GetVariables", { getVariableData: vars });
    equal(got.variables, vars, "getVariableData");
    assert(JSON.stringify(answer).includes('"300"'), JSON.stringify(answer));
    await event("Ended", "StopAuthorized", 2000, { context: "Transaction.End", info: { stoppedReason: "Local" } });
  });
  await check("2.0.1: DataTransfer with non-ASCII text", async () => {
    const res = await st.call("DataTransfer", { vendorId: "org.example", messageId: "grüße", data: { text: NON_ASCII } });
    assert(["UnknownVendorId", "UnknownMessageId", "Accepted"].includes(res.status), JSON.stringify(res));
  });
  await unknownAction(st, protocol);
  await check("2.0.1: Reset", async () => {
    await api.command(id, "Reset", { type: "OnIdle" });
    equal(got.reset, { type: "OnIdle" }, "payload");
  });
  await readBack(protocol, id, { idToken: "CAFE0201", start: 1000, stop: 2000 });
  await st.close();
}

// ocpp-rpc's copies of the 2.1 schemas are called urn:ResetRequest, and its strict mode looks for urn:Reset.req. It also
// warns of every text that may not have additional properties, which says nothing.
function validator21() {
  const schemas = JSON.parse(JSON.stringify(allSchemas("ocpp2.1")), (_, value) => {
    if (value?.type === "string") delete value.additionalProperties;
    return value;
  });
  for (const s of schemas) s.$id = s.$id.replace(/Request$/, ".req").replace(/Response$/, ".conf");
  return createValidator("ocpp2.1", schemas);
}

/** Answers every command, as a station whose key the API made. 1.6 sends the key's bytes as its password, 2.x its digits. */
async function commands(protocol) {
  const id = `RPC-${protocol.slice(4)}-COMMANDS`;
  const { credential } = await api.request("POST", "/api/v1/stations", { id, securityProfile: 1 });
  const password = protocol === "ocpp1.6" ? Buffer.from(credential.key, "hex") : credential.password;
  const access = protocol === "ocpp2.1" ? { password, strictModeValidators: [validator21()] } : { password };
  const st = await connect(id, protocol, {}, access);
  const answerer = new Answerer();
  st.handle(({ method, params }) => answerer.handle(method, params));
  await st.call("BootNotification", bootOf(protocol));
  await everyCommand(api, "ocpp-rpc", protocol, id, answerer);
  await st.close();
}

await check("1.6: the whole session runs", session16);
await check("2.0.1: the whole session runs", session201);
for (const protocol of ["ocpp1.6", "ocpp2.0.1", "ocpp2.1"]) {
  await check(`${protocol}: every command is given`, () => commands(protocol));
}
finish();
