// ocpp-rpc's RPCServer in strict mode as the CSMS, for `chargeyard simulate`. It counts what the stations send, commands
// each station once, and judges the sessions when it gets SIGTERM or when every expected station has ended one.
//
//   node csms.mjs --port 9911 --stations 4 --seconds 60
import { parseArgs } from "node:util";
import { RPCServer } from "ocpp-rpc";
import { assert, check, equal, finish } from "./check.mjs";

const { values: args } = parseArgs({
  options: { port: { type: "string" }, stations: { type: "string" }, seconds: { type: "string", default: "90" } },
});

const server = new RPCServer({ protocols: ["ocpp2.0.1", "ocpp1.6"], strictMode: true, callTimeoutMs: 10_000 });
const problems = [];
const stations = new Map(); // identity -> what was seen
let nextTransaction = 1;

server.auth((accept) => accept({}));
server.on("client", (client) => {
  const seen = stations.get(client.identity) ?? { protocol: client.protocol, actions: {}, started: [], ended: [], commands: 0 };
  stations.set(client.identity, seen);
  client.on("strictValidationFailure", (event) => problems.push(`${client.identity}: ${event.error?.message}`));
  client.on("badMessage", (event) => problems.push(`${client.identity}: bad message: ${event.error?.message}`));
  client.handle(({ method, params }) => {
    seen.actions[method] = (seen.actions[method] ?? 0) + 1;
    return answer(client, seen, method, params);
  });
});

function answer(client, seen, method, params) {
  switch (method) {
    case "BootNotification":
      setTimeout(() => commandOnce(client, seen), 500);
      return { status: "Accepted", interval: 5, currentTime: new Date().toISOString() };
    case "Heartbeat":
      return { currentTime: new Date().toISOString() };
    case "Authorize":
      return client.protocol === "ocpp1.6" ? { idTagInfo: { status: "Accepted" } } : { idTokenInfo: { status: "Accepted" } };
    case "StartTransaction":
      seen.started.push(nextTransaction);
      return { transactionId: nextTransaction++, idTagInfo: { status: "Accepted" } };
    case "StopTransaction":
      seen.ended.push(params.transactionId);
      return {};
    case "TransactionEvent":
      if (params.eventType === "Started") seen.started.push(params.transactionInfo.transactionId);
      if (params.eventType === "Ended") seen.ended.push(params.transactionInfo.transactionId);
      return params.idToken ? { idTokenInfo: { status: "Accepted" } } : {};
    case "DataTransfer":
      return { status: "UnknownVendorId" };
    default:
      return {};
  }
}

async function commandOnce(client, seen) {
  try {
    if (client.protocol === "ocpp1.6") {
      const res = await client.call("GetConfiguration", { key: ["HeartbeatInterval"] });
      assert(res.configurationKey?.length === 1, JSON.stringify(res));
    } else {
      const res = await client.call("GetVariables", {
        getVariableData: [{ component: { name: "OCPPCommCtrlr" }, variable: { name: "HeartbeatInterval" } }],
      });
      assert(res.getVariableResult?.length === 1, JSON.stringify(res));
    }
    seen.commands++;
  } catch (err) {
    problems.push(`${client.identity}: command: ${err.message}`);
  }
}

async function judge() {
  await check("every message keeps to ocpp-rpc's schemas", () => equal(problems, [], "problems"));
  await check("all stations came", () => equal(stations.size, Number(args.stations), "stations"));
  for (const protocol of ["ocpp1.6", "ocpp2.0.1"]) {
    await check(`${protocol}: was spoken`, () => assert([...stations.values()].some((s) => s.protocol === protocol), "nobody did"));
  }
  for (const [id, s] of stations) {
    await check(`${id} (${s.protocol}): booted, reported, charged, stopped, obeyed`, () => {
      assert(s.actions.BootNotification >= 1, "no boot");
      assert(s.actions.StatusNotification >= 2, "no status");
      assert(s.started.length >= 1, "no transaction started");
      for (const tx of s.started) assert(s.ended.includes(tx), `transaction ${tx} did not end`);
      assert(s.protocol !== "ocpp1.6" || s.actions.MeterValues >= 1, "no meter values");
      assert(s.protocol === "ocpp1.6" || s.actions.TransactionEvent >= 3, "no meter values");
      assert(s.commands === 1, "the command was not answered");
    });
  }
  finish();
}

process.on("SIGTERM", judge);
setTimeout(judge, Number(args.seconds) * 1000).unref?.();
await server.listen(Number(args.port), "127.0.0.1");
console.log(`listening on 127.0.0.1:${args.port}`);
