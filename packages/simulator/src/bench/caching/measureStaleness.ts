import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import {
  ageBoundsMs,
  type CachedReadName,
  type StalenessFigures,
} from "../../study/caching/cachingReport.ts";
import type { RunningApis } from "../benchApis.ts";
import { holdRequest } from "../cases/holdRequest.ts";
import { Connection, type RequestEnd } from "../load/connection.ts";
import type { CachingStage } from "./cachedReads.ts";
import { type PolledAnswer, pollRead, type ReadPoller } from "./readPoller.ts";

export interface StalenessOptions {
  /** Two API processes. The first one gets the writes. */
  readonly apis: RunningApis;
  readonly writes: number;
  readonly signal: AbortSignal;
}

/** One read on one process, and its old answers after each write. */
interface WatchedRead {
  readonly read: CachedReadName;
  readonly process: "writer" | "other";
  readonly poller: ReadPoller;
  readonly agesMs: number[];
}

/** Longer than the largest bound: an old answer after it would be seen. */
const WATCHED_MS = Math.max(...Object.values(ageBoundsMs)) + 350;
/** The pauses between writes differ, so that writes meet copies of every age. */
const PHASE_STEP_MS = 137;
const PHASE_MS = 800;

/**
 * Holds a seat through one process while every read is repeated on both, and finds how long each
 * process still gives the old answer. The age counts from the answer to the write to the sending of
 * the last request that got the old answer.
 */
export async function measureStaleness(
  { reads, buyers, seatIds, concertId }: CachingStage,
  { apis, writes, signal }: StalenessOptions,
): Promise<readonly StalenessFigures[]> {
  const [writer, other] = apis.targets;
  if (!writer || !other) throw new RangeError("the study needs two API processes");
  const places = [
    ["writer", writer],
    ["other", other],
  ] as const;
  const watched: WatchedRead[] = reads.flatMap(({ name, hot: [text = ""] }) =>
    places.map(([process, target]) => ({
      ...{ read: name, process, agesMs: [], poller: pollRead(target, text) },
    })),
  );
  const connection = new Connection(writer);
  try {
    await sleep(WATCHED_MS);
    for (let write = 0; write < writes; write++) {
      signal.throwIfAborted();
      const seatId = seatIds[write] ?? 0;
      const left = seatIds.length - write - 1;
      let ackMs = Number.POSITIVE_INFINITY;
      const lastOldMs = watched.map(({ read, poller }) => {
        const isNew = isNewOf(read, { concertId, seatId, left });
        const old = { sentMs: Number.NEGATIVE_INFINITY };
        poller.onAnswer = ({ sentMs, body }: PolledAnswer) => {
          if (sentMs >= ackMs && !isNew(body)) old.sentMs = sentMs;
        };
        return old;
      });
      const token = buyers[write % buyers.length]?.token;
      const hold = holdRequest(seatId, token);
      const end = await new Promise<RequestEnd>((resolve) => connection.send(hold, resolve));
      ackMs = performance.now();
      if ("lost" in end || end.status !== 200) throw new Error("a hold of the study failed");
      await sleep(WATCHED_MS + ((write * PHASE_STEP_MS) % PHASE_MS));
      for (const [index, { agesMs }] of watched.entries()) {
        agesMs.push(Math.max(0, (lastOldMs[index]?.sentMs ?? 0) - ackMs));
      }
    }
  } finally {
    connection.close();
    await Promise.all(watched.map(({ poller }) => poller.stop()));
  }
  return watched.map(({ read, process, agesMs, poller }) => {
    return { read, process, agesMs, slowestMs: poller.slowestMs() };
  });
}

interface Write {
  readonly concertId: number;
  readonly seatId: number;
  /** Free seats after the write. */
  readonly left: number;
}

/** The counts of a concert list, and of a list of dates. */
const countsSchema = z.object({
  data: z.object({
    concerts: z.array(
      z.object({
        ...{ id: z.number().optional(), concertId: z.number().optional() },
        availableSeats: z.number(),
      }),
    ),
  }),
});

/** Returns whether an answer shows the write. */
function isNewOf(
  read: CachedReadName,
  { concertId, seatId, left }: Write,
): (body: Buffer) => boolean {
  if (read === "seats") return (body) => !listsSeat(body, seatId);
  return (body) => {
    const { concerts } = countsSchema.parse(JSON.parse(body.toString())).data;
    const own = concerts.find((one) => (one.concertId ?? one.id) === concertId);
    if (!own) throw new Error("an answer of the study misses its concert");
    return own.availableSeats <= left;
  };
}

/** Whether a seat list has the seat. */
export function listsSeat(body: Buffer, seatId: number): boolean {
  return body.includes(`"seatId":${seatId},`);
}
