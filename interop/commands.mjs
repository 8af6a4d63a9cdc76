// Every command that a CSMS can give, by version, with payloads and answers made from ocpp-rpc's copies of the schemas:
// what is sent, what our server lets through, and what a peer accepts are judged by three sets of schemas from three hands.
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import { assert, check, equal } from "./check.mjs";

const require = createRequire(import.meta.url);

const COMMON_2X = `CancelReservation CertificateSigned ChangeAvailability ClearCache ClearChargingProfile ClearDisplayMessage
  ClearVariableMonitoring CostUpdated CustomerInformation DataTransfer DeleteCertificate GetBaseReport GetChargingProfiles
  GetCompositeSchedule GetDisplayMessages GetInstalledCertificateIds GetLocalListVersion GetLog GetMonitoringReport GetReport
  GetTransactionStatus GetVariables InstallCertificate PublishFirmware RequestStartTransaction RequestStopTransaction ReserveNow
  Reset SendLocalList SetChargingProfile SetDisplayMessage SetMonitoringBase SetMonitoringLevel SetNetworkProfile
  SetVariableMonitoring SetVariables TriggerMessage UnlockConnector UnpublishFirmware UpdateFirmware`;

const NAMES = {
  "ocpp1.6": `CancelReservation CertificateSigned ChangeAvailability ChangeConfiguration ClearCache ClearChargingProfile DataTransfer
    DeleteCertificate ExtendedTriggerMessage GetCompositeSchedule GetConfiguration GetDiagnostics GetInstalledCertificateIds
    GetLocalListVersion GetLog InstallCertificate RemoteStartTransaction RemoteStopTransaction ReserveNow Reset SendLocalList
    SetChargingProfile SignedUpdateFirmware TriggerMessage UnlockConnector UpdateFirmware`,
  "ocpp2.0.1": COMMON_2X,
  "ocpp2.1": `${COMMON_2X} AFRRSignal AdjustPeriodicEventStream ChangeTransactionTariff ClearDERControl ClearTariffs GetDERControl
    GetPeriodicEventStream GetTariffs NotifyAllowedEnergyTransfer NotifyWebPaymentStarted RequestBatterySwap SetDERControl
    SetDefaultTariff UpdateDynamicSchedule UsePriorityCharging`,
};

const FILES = { "ocpp1.6": "ocpp1_6.json", "ocpp2.0.1": "ocpp2_0_1.json", "ocpp2.1": "ocpp2_1.json" };

/** The names of the commands of a version. */
export const commandNames = (protocol) => NAMES[protocol].trim().split(/\s+/);

/** ocpp-rpc's schemas of a version. */
export const allSchemas = (protocol) => require(`ocpp-rpc/lib/schemas/${FILES[protocol]}`);

/** The schemas of a command: {request, response}. */
export function schemasOf(protocol, action) {
  const all = allSchemas(protocol);
  const find = (...ids) => {
    const found = all.find((s) => ids.includes(s.$id));
    assert(found, `ocpp-rpc has no schema ${ids.join(" or ")} of ${protocol}`);
    return found;
  };
  return {
    request: find(`urn:${action}.req`, `urn:${action}Request`),
    response: find(`urn:${action}.conf`, `urn:${action}Response`),
  };
}

/** A value that fits a schema: with full every field, else the required ones alone. */
export function sample(schema, full, root = schema, name = "") {
  if (schema.$ref) return sample(root.definitions[schema.$ref.split("/").at(-1)], full, root, name);
  if (name === "chargingProfilePurpose") return "TxDefaultProfile"; // the first one a CSMS must not set (K01.FR.22)
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case "object":
      return sampleObject(schema, full, root);
    case "array":
      return Array.from({ length: Math.max(1, schema.minItems ?? 1) }, () => sample(schema.items, full, root, name));
    case "integer":
      return Math.max(1, schema.minimum ?? 1);
    case "number":
      return Math.min(Math.max(1.5, schema.minimum ?? 1.5), schema.maximum ?? 1.5);
    case "boolean":
      return true;
    default:
      return sampleText(schema, name);
  }
}

/** What a CSMS sends only to stations that have said that they can do it (K01.FR.20). */
const unsaid = new Set(["phaseToUse"]);

function sampleObject(schema, full, root) {
  const fields = Object.entries(schema.properties ?? {}).filter(([field]) => (full && !unsaid.has(field)) || schema.required?.includes(field));
  return Object.fromEntries(fields.map(([field, s]) => [field, sample(s, full, root, field)]));
}

// Fields of a period that ChargingOnly has not, and of a profile that only a Dynamic one has.
const otherModes = /^(setpoint|dischargeLimit|v2x|evseSleep)/;
const dynamicOnly = /^dynUpdate/;

/** Makes a sample of OCPP 2.x keep the rules that a schema does not have: those of charging profiles (K01, Q02 to Q10). */
export function permitted(action, payload) {
  const profile = payload.chargingProfile;
  if (!Array.isArray(profile?.chargingSchedule)) return payload; // OCPP 1.6, or no profile to install
  profile.chargingProfileKind = profile.recurrencyKind ? "Recurring" : "Relative";
  if (action === "RequestStartTransaction") profile.chargingProfilePurpose = "TxProfile";
  delete profile.transactionId; // there is none yet, and the other purposes are for none
  if (profile.validTo) profile.validTo = "2031-06-07T08:09:10Z";
  drop(profile, dynamicOnly);
  for (const period of profile.chargingSchedule.flatMap((schedule) => schedule.chargingSchedulePeriod)) {
    period.startPeriod = 0;
    period.limit ??= 1.5;
    if (period.operationMode) period.operationMode = "ChargingOnly";
    drop(period, otherModes);
  }
  return payload;
}

function drop(object, fields) {
  for (const field of Object.keys(object)) if (fields.test(field)) delete object[field];
}

function sampleText(schema, name) {
  if (schema.format === "date-time") return "2030-06-07T08:09:10Z"; // our server writes no zeros at the end of a fraction
  if (schema.format === "uri" || /url|location/i.test(name)) return "https://files.example/a";
  return "1".slice(0, schema.maxLength ?? 1);
}

/**
 * Gives a station every command twice, with the required fields alone and with all: our server has to send exactly what it
 * was asked to, and to hand back exactly what the station answered. answerer is the station's.
 */
export async function everyCommand(api, who, protocol, id, answerer, names = commandNames(protocol)) {
  for (const action of names) {
    const { request, response } = schemasOf(protocol, action);
    for (const full of [false, true]) {
      await check(`${who} ${protocol}: ${action}, ${full ? "all fields" : "required fields"}`, async () => {
        const payload = permitted(action, sample(request, full));
        answerer.expect(action, sample(response, full));
        const got = await api.command(id, action, payload);
        same(answerer.asked(action), payload, "what arrived");
        same(got.response, answerer.answer(action), "the answer in the API");
        equal([got.station, got.action], [id, action], "station and action");
      });
    }
  }
}

function same(got, want, what) {
  assert(isDeepStrictEqual(got, want), `${what} is ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

/** Answers a station's commands as it was told to, and remembers what was asked. */
export class Answerer {
  #answers = new Map();
  #asked = new Map();

  /** Says what to answer from now on; an Error is thrown. */
  expect(action, answer) {
    this.#answers.set(action, answer);
    this.#asked.delete(action);
  }

  /** The handler: what the station answers. */
  handle(action, params) {
    this.#asked.set(action, params);
    assert(this.#answers.has(action), `nobody expected ${action}`);
    const answer = this.#answers.get(action);
    if (answer instanceof Error) throw answer;
    return answer;
  }

  asked = (action) => this.#asked.get(action);
  answer = (action) => this.#answers.get(action);
}
