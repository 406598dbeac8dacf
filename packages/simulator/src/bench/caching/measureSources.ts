import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import type { AnswerSource, SourceFigures } from "../../study/caching/cachingReport.ts";
import type { RunningApis } from "../benchApis.ts";
import { Connection, type RequestEnd } from "../load/connection.ts";
import type { Target } from "../load/loadPlan.ts";
import { percentilesOf } from "../load/percentiles.ts";
import type { CachedRead } from "./cachedReads.ts";

export interface SourceProcesses {
  /** Two processes with the cache, and at least one without. */
  readonly on: RunningApis;
  readonly off: RunningApis;
}

/** A copy is written after its answer. The next process asks this much later, ms. */
const WRITTEN_AFTER_MS = 8;
/** On a busy machine, a copy of Redis is sometimes late, and the next process loads too. */
const SHARE_MIN = 0.8;
/** Requests of each process before the measured ones. */
const WARM_UPS = 30;
/** Age at which the text of /metrics is made again, ms, with a margin. */
const METRICS_MS = 1_200;

/**
 * Measures one request at a time, whose answer comes from each source: a key that no process has
 * read, the same key in another process, and there once more. The metrics of the processes prove
 * the source.
 * @throws Error when many answers came from another source
 */
export async function measureSources(
  { name, hot, cold }: CachedRead,
  { on, off }: SourceProcesses,
): Promise<readonly SourceFigures[]> {
  const [first, second] = on.targets;
  const [plain] = off.targets;
  if (!first || !second || !plain) throw new RangeError("the sources need three processes");
  const ms: Record<AnswerSource, number[]> = { off: [], loaded: [], shared: [], process: [] };
  const clients = { first: client(first), second: client(second), plain: client(plain) };
  // The first requests of a connection wait for the just-in-time compiler.
  for (const text of hot.slice(0, WARM_UPS)) {
    for (const one of Object.values(clients)) await one.ask(text);
  }
  await sleep(METRICS_MS);
  const before = [await readsBySource(first), await readsBySource(second)];
  for (const [index, text] of cold.entries()) {
    ms.loaded.push(await clients.first.ask(text));
    await sleep(WRITTEN_AFTER_MS);
    ms.shared.push(await clients.second.ask(text));
    ms.process.push(await clients.second.ask(text));
    ms.off.push(await clients.plain.ask(hot[index % hot.length] ?? ""));
  }
  for (const one of Object.values(clients)) one.close();
  await sleep(METRICS_MS);
  const loaded = (await readsBySource(first)).loaded - (before[0]?.loaded ?? 0);
  const shared = (await readsBySource(second)).shared - (before[1]?.shared ?? 0);
  if (Math.min(loaded, shared) < SHARE_MIN * cold.length) {
    throw new Error(`${name}: ${loaded} loads, ${shared} shared copies for ${cold.length} keys`);
  }
  return Object.entries(ms).map(([source, times]) => figures(name, source, times));
}

function figures(read: CachedRead["name"], source: string, times: readonly number[]) {
  const found = percentilesOf(times);
  if (!found || !isSource(source)) throw new RangeError("a source has requests");
  return { read, source, requests: times.length, ms: { ...found, mean: found.mean ?? 0 } };
}

function isSource(name: string): name is AnswerSource {
  return ["off", "loaded", "shared", "process"].includes(name);
}

/** One connection that is asked again and again. */
function client(target: Target) {
  const connection = new Connection(target);
  return {
    /** @returns the time until the answer, ms @throws Error when its status is not 200 */
    async ask(text: string): Promise<number> {
      const fromMs = performance.now();
      const end = await new Promise<RequestEnd>((resolve) => connection.send(text, resolve));
      if ("lost" in end || end.status !== 200) {
        throw new Error(`no answer: ${"lost" in end ? end.lost : Buffer.concat(end.body)}`);
      }
      return performance.now() - fromMs;
    },
    close: () => connection.close(),
  };
}

async function readsBySource({ port }: Target): Promise<{ loaded: number; shared: number }> {
  const { body } = await request(`http://127.0.0.1:${port}/metrics`);
  const text = await body.text();
  const read = (source: string): number => {
    const line = new RegExp(`^onsale_cache_reads_total\\{source="${source}"\\} (\\d+)$`, "m");
    return Number(line.exec(text)?.[1] ?? 0);
  };
  return { loaded: read("loaded"), shared: read("shared") };
}
