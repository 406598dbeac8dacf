import type { CoreContext } from "../ports/coreContext.ts";
import type { WorkerRecord } from "../ports/workerStore.ts";
import { secondsText } from "../shared/secondsText.ts";
import { isAlive } from "../shared/signOfLife.ts";
import { type Finding, finding } from "./findingList.ts";
import { type Life, withoutReplaced } from "./withoutReplaced.ts";

/** No iteration of a healthy loop takes this long. */
export const STALLED_MS_MAX = 30_000;

/** The server that a loop needs; the other loops need MySQL only. */
const SERVER_OF_LOOP: ReadonlyMap<string, string> = new Map([
  ["loop outbox-relay", "kafka"],
  ["loop promotion", "redis"],
]);

/** Names a server that is down as the cause of a stalled loop. A restart would not help then. */
export function withCause(found: Finding, isDown: (server: string) => boolean): Finding {
  const server = SERVER_OF_LOOP.get(found.subject);
  if (found.code !== "LOOP_STALLED" || server === undefined || !isDown(server)) return found;
  return {
    ...found,
    message: `${found.message}; ${server}, which it needs, does not answer`,
    next: `Repair ${server}, as SERVER_DOWN says; the loop continues by itself then.`,
  };
}

/** Findings about worker processes and their loops. */
export async function workerFindings(core: CoreContext): Promise<readonly Finding[]> {
  const workers = await core.workers.list();
  const alive = workers.filter(isAlive);
  const silent = workers.filter((worker) => !isAlive(worker));
  const found = withoutReplaced(silent, workers, lifeOf).map(({ processName, silentMs }) =>
    finding(
      "WORKER_SILENT",
      `worker ${processName}`,
      `worker ${processName} was last seen ${secondsText(silentMs)} ago and did not stop cleanly`,
    ),
  );
  if (alive.length === 0) {
    const seen = workers.length === 0 ? "none has been seen" : "none is alive";
    found.unshift(finding("WORKER_MISSING", "workers", `no worker runs: ${seen}`));
  }
  return [...found, ...stalledLoops(alive)];
}

const lifeOf = ({ startedAt, seenAt }: WorkerRecord): Life => ({
  startedMs: startedAt.getTime(),
  seenMs: seenAt.getTime(),
});

/** A loop is stalled when it makes no progress in any live worker. */
function stalledLoops(alive: readonly WorkerRecord[]): readonly Finding[] {
  const names = new Set(alive.flatMap(({ loops }) => Object.keys(loops)));
  return [...names].flatMap((name) => {
    const ages = alive.map(({ loops, silentMs }) => (loops[name] ?? Infinity) + silentMs);
    const youngestMs = Math.min(...ages);
    if (youngestMs <= STALLED_MS_MAX) return [];
    const age = secondsText(youngestMs);
    const message = `the \`${name}\` loop last completed an iteration ${age} ago`;
    return [finding("LOOP_STALLED", `loop ${name}`, message)];
  });
}
