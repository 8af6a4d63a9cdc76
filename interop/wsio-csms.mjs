// ocpp-ws-io's OCPPServer in strict mode as the CSMS, for `chargeyard simulate` in OCPP 1.6, 2.0.1 and 2.1. It counts what
// the stations send, gives each of them every command in the midst of a session, and judges what came when it gets SIGTERM.
// With --pki it serves TLS, demands of every station a certificate that names it, and gives only commands that ask, at boot,
// so that sessions come to their own ends.
//
//   node wsio-csms.mjs --port 9911 --stations 3 --seconds 60 [--pki DIR]
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { OCPPServer, SecurityProfile } from "ocpp-ws-io";
import { assert, check, equal, finish } from "./check.mjs";
import { commandNames, sample, schemasOf } from "./commands.mjs";

const { values: args } = parseArgs({
  options: { port: { type: "string" }, stations: { type: "string" }, seconds: { type: "string", default: "90" }, pki: { type: "string" } },
});

const PROTOCOLS = ["ocpp2.1", "ocpp2.0.1", "ocpp1.6"];
const file = (name) => readFileSync(`${args.pki}/${name}`);
const mutual = args.pki && {
  securityProfile: SecurityProfile.TLS_CLIENT_CERT,
  tls: { cert: file("server.pem"), key: file("server.key"), ca: file("ca.pem") },
};
const who = args.pki ? "ws-io over TLS" : "ws-io";

const server = new OCPPServer({
  protocols: PROTOCOLS, strictMode: true, callTimeoutMs: 10_000, logging: false, compression: true, respondWithDetailedErrors: true, ...mutual,
});
const problems = [];
const stations = new Map(); // identity -> what was seen
let nextTransaction = 1;

server.on("error", (err) => problems.push(`server: ${err.message}`));
server.on("upgradeError", ({ error }) => problems.push(`upgrade: ${error.message}`));
server.auth((ctx) => {
  const { identity, clientCertificate } = ctx.handshake;
  if (args.pki && clientCertificate?.subject?.CN !== identity) {
    problems.push(`${identity}: its certificate names ${clientCertificate?.subject?.CN}`);
  }
  ctx.accept();
});
server.on("client", (client) => {
  const seen = stations.get(client.identity) ?? { protocol: client.protocol, actions: {}, started: [], ended: [], answers: 0, commanded: false };
  stations.set(client.identity, seen);
  client.on("strictValidationFailure", ({ error, message }) =>
    problems.push(`${client.identity}: ${error.message}: ${JSON.stringify(message)} ${JSON.stringify(error.details ?? {})}`));
  client.on("badMessage", ({ error }) => problems.push(`${client.identity}: bad message: ${error.message}`));
  client.on("handlerError", ({ method, error }) => problems.push(`${client.identity}: ${method}: ${error.message}`));
  client.handle((method, { params }) => {
    seen.actions[method] = (seen.actions[method] ?? 0) + 1;
    return answer(client, seen, method, params);
  });
});

function answer(client, seen, method, params) {
  const old = client.protocol === "ocpp1.6";
  switch (method) {
    case "BootNotification":
      if (args.pki) setTimeout(() => commandAll(client, seen), 500);
      return { status: "Accepted", interval: 5, currentTime: new Date().toISOString() };
    case "Heartbeat":
      return { currentTime: new Date().toISOString() };
    case "Authorize":
      return old ? { idTagInfo: { status: "Accepted" } } : { idTokenInfo: { status: "Accepted" } };
    case "StartTransaction":
      seen.started.push(nextTransaction);
      return { transactionId: nextTransaction++, idTagInfo: { status: "Accepted" } };
    case "StopTransaction":
      seen.ended.push(params.transactionId);
      return {};
    case "MeterValues":
      commandInSession(client, seen);
      return {};
    case "TransactionEvent":
      if (params.eventType === "Updated") commandInSession(client, seen);
      if (params.eventType === "Started") seen.started.push(params.transactionInfo.transactionId);
      if (params.eventType === "Ended") seen.ended.push(params.transactionInfo.transactionId);
      return params.idToken ? { idTokenInfo: { status: "Accepted" } } : {};
    case "DataTransfer":
      return { status: "UnknownVendorId" };
    default:
      return {};
  }
}

function commandInSession(client, seen) {
  if (!args.pki) setTimeout(() => commandAll(client, seen), 10);
}

// What a station is asked. What makes it reboot comes last: it takes some time for that, but not for ever.
function commandsFor(protocol) {
  const all = commandNames(protocol);
  if (args.pki) return all.filter((name) => /^Get|^(ClearCache|DataTransfer)$/.test(name));
  const reboots = (name) => (/Reset|UpdateFirmware/.test(name) ? 1 : 0);
  return [...all].sort((a, b) => reboots(a) - reboots(b)); // stable
}

async function commandAll(client, seen) {
  if (seen.commanded) return;
  seen.commanded = true;
  for (const action of commandsFor(client.protocol)) {
    for (const full of [false, true]) {
      try {
        await client.call(action, sample(schemasOf(client.protocol, action).request, full));
        seen.answers++;
      } catch (err) {
        problems.push(`${client.identity}: ${action}: ${err.message}`);
      }
    }
  }
}

async function judge() {
  await check(`${who}: every message keeps to ocpp-ws-io's schemas`, () => equal(problems, [], "problems"));
  await check(`${who}: all stations came`, () => equal(stations.size, Number(args.stations), "stations"));
  for (const protocol of PROTOCOLS) {
    await check(`${who}: ${protocol} was spoken`, () => assert([...stations.values()].some((s) => s.protocol === protocol), "nobody did"));
  }
  for (const [id, s] of stations) {
    await check(`${who}: ${id} (${s.protocol}) booted, reported, charged, stopped, and answered ${s.answers} commands`, () => {
      assert(s.actions.BootNotification >= 1, "no boot");
      assert(s.actions.StatusNotification >= 2, "no status");
      assert(s.started.length >= 1, "no transaction started");
      for (const tx of s.started) assert(s.ended.includes(tx), `transaction ${tx} did not end`);
      assert(s.protocol !== "ocpp1.6" || s.actions.MeterValues >= 1, "no meter values");
      assert(s.protocol === "ocpp1.6" || s.actions.TransactionEvent >= 3, "no meter values");
      equal(s.answers, 2 * commandsFor(s.protocol).length, "commands that were answered");
    });
  }
  finish();
}

process.on("SIGTERM", judge);
setTimeout(judge, Number(args.seconds) * 1000).unref?.();
await server.listen(Number(args.port), "127.0.0.1");
console.log(`listening on 127.0.0.1:${args.port}`);
