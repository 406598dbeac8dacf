import pino from "pino";
import sonicBoom from "sonic-boom";
import type { LogFields, Logger, Metrics } from "../../ports/observability.ts";
import { systemClock } from "../../shared/clock.ts";
import { SECRET_WORDS } from "../../shared/maskSecrets.ts";

/**
 * When lines are written
 *
 * Problem: a write for each line takes more CPU than the line itself, because a thread of Node's
 * pool makes the write and then wakes the event loop again.
 *
 * - Lines of the levels debug and info are gathered for `GATHER_MS`, or until they fill a write.
 * - A line of the levels warn and error is written immediately, after the gathered ones.
 *
 * Not promised: the lines of the last `GATHER_MS` before SIGKILL.
 *
 * The log when it cannot be written
 *
 * Problem: the device of standard error can be full, and the reader of a pipe can end. A sale must
 * go on without a log then, and the process must still end when it gets a signal.
 *
 * - A failed write emits "error", which would end the process. The logger ignores the error. Lines
 *   wait up to `WAITING_CHARACTERS_MAX` and are written when the device has space again; further
 *   lines are lost. After the end of a pipe's reader, pino writes no line any more.
 * - At the exit of the process, one attempt writes the lines that wait. A failure loses them.
 *
 * Not promised: a reader that is alive and does not read blocks the exit.
 */

/** Bounds the memory of lines that wait: some ten thousand lines. */
const WAITING_CHARACTERS_MAX = 8 * 1024 * 1024;

/** How long a line waits for others: too short for a reader of the log to notice. */
const GATHER_MS = 50;

/** The library writes no more characters at once. */
const GATHERED_CHARACTERS_MAX = 16 * 1024;

/** Names of fields that can hold a credential. The logger does not write their values. */
const SECRET_FIELDS = [...SECRET_WORDS, "url"];
const SECRETS: ReadonlySet<string> = new Set(SECRET_FIELDS);

/**
 * Writes JSON lines to standard error, because standard output is for data.
 * @param level with "silent", the logger writes nothing
 */
export function createLogger(
  level: "debug" | "info" | "warn" | "error" | "silent",
  fields: Readonly<Record<string, unknown>> = {},
): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: { pid: process.pid, ...fields },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
  const redact = SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]);
  const stream = standardError();
  const plain = pino(options, stream);
  const redacting = pino({ ...options, redact }, stream);
  const loggerFor = (record: LogFields) => (isPlain(record) ? plain : redacting);
  return {
    debug: (record, message) => loggerFor(record).debug(record, message),
    info: (record, message) => loggerFor(record).info(record, message),
    warn(record, message) {
      loggerFor(record).warn(record, message);
      stream.writeGathered();
    },
    error(record, message) {
      loggerFor(record).error(record, message);
      stream.writeGathered();
    },
  };
}

/**
 * True when the logger has nothing to redact. Redaction parses all paths again for each line, which
 * costs more than the rest of the line.
 */
function isPlain(record: LogFields): boolean {
  for (const name in record) {
    const value = record[name];
    if ((typeof value === "object" && value !== null) || SECRETS.has(name)) return false;
  }
  return true;
}

interface GatheringStream extends pino.DestinationStream {
  /** Writes the gathered lines now. */
  writeGathered(): void;
}

function standardError(): GatheringStream {
  const stream = new sonicBoom.SonicBoom({
    dest: 2,
    sync: false,
    minLength: 0,
    maxLength: WAITING_CHARACTERS_MAX,
  });
  let gathered = "";
  let isGathering = false;
  let isWaiting = false;
  let hasReader = true;
  function writeGathered(): void {
    const lines = gathered;
    gathered = "";
    if (lines !== "" && hasReader) stream.write(lines);
  }
  async function gather(): Promise<void> {
    isGathering = true;
    await systemClock.sleep(GATHER_MS);
    isGathering = false;
    writeGathered();
  }
  function writeAtExit(): void {
    try {
      writeGathered();
      if (hasReader) stream.flushSync();
    } catch {
      // No log can take the message of this failure.
    }
  }
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") hasReader = false;
  });
  stream.on("drain", () => {
    if (gathered !== "") return;
    isWaiting = false;
    process.off("exit", writeAtExit);
  });
  return {
    writeGathered,
    write(line) {
      if (!hasReader) return;
      // A process can have many loggers, so only those with waiting lines listen.
      if (!isWaiting) process.on("exit", writeAtExit);
      isWaiting = true;
      gathered += line;
      if (gathered.length >= GATHERED_CHARACTERS_MAX) writeGathered();
      else if (!isGathering) void gather();
    },
  };
}

/** Discards all measurements. */
export const silentMetrics: Metrics = { count() {}, gauge() {}, observe() {} };
