// ocpp-ws-io imports these names; with its logging off it calls none of them.
const absent = () => {
  throw new Error("voltlog-io is an empty module here: set logging to false");
};
export { absent as consoleTransport, absent as createLogger, absent as prettyTransport };
