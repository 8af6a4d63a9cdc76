// A very small test report: named checks, a closing line, an exit code.
let passed = 0;
let failed = 0;

/** Runs one named check; a thrown error fails it and is printed. Returns what fn returns. */
export async function check(name, fn) {
  try {
    const out = await fn();
    passed++;
    console.log(`ok    ${name}`);
    return out;
  } catch (err) {
    failed++;
    console.log(`FAIL  ${name}: ${err?.message ?? err}`);
    return undefined;
  }
}

/** Throws unless got equals want (compared as JSON). */
export function equal(got, want, what = "value") {
  const [g, w] = [JSON.stringify(got), JSON.stringify(want)];
  if (g !== w) throw new Error(`${what} is ${g}, want ${w}`);
}

/** Throws unless ok. */
export function assert(ok, message) {
  if (!ok) throw new Error(message);
}

/** Calls fn until it stops throwing, at most for ms milliseconds. */
export async function eventually(ms, fn) {
  const end = Date.now() + ms;
  for (;;) {
    try {
      return await fn();
    } catch (err) {
      if (Date.now() > end) throw err;
      await new Promise((r) => setTimeout(r, 50));
    }
  }
}

/** Prints the closing line and ends the process. */
export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}
