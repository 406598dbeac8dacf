import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type CoreContext, startWorker } from "@onsale/core";
import { setUpSale } from "../../rush/setUpSale.ts";
import { killPoints, type OutboxCell, publishVariants } from "../../study/events/outboxReport.ts";
import type { KilledHold } from "./killedHold.ts";

const PROGRAM = fileURLToPath(new URL("killedHold.ts", import.meta.url));
/** Processes at the same time: more would only wait for the processor. */
const WIDTH = 3;
/** Time limit for the relay of the next process. The lease of a killed relay ends within it. */
const RECOVERY_MS_MAX = 90_000;
const LOOK_MS = 200;
/** The sale of the study needs no waiting room. */
const ROOM = { activeCountMax: 1_000, admissionRatePerMinute: 1_000, activeTtlMs: 600_000 };

export interface KilledHoldsInput {
  readonly core: CoreContext;
  readonly env: NodeJS.ProcessEnv;
  /** Processes of each variant and point. */
  readonly tries: number;
  readonly onProgress: (text: string, done: number, of: number) => void;
  readonly signal: AbortSignal;
}

export interface KilledHoldsResult {
  readonly cells: readonly OutboxCell[];
  readonly disordered: number;
}

interface Try {
  readonly order: KilledHold;
  readonly reservationId: number | undefined;
}

/** Ends processes at each point of each variant, and counts their messages in the topic. */
export async function runKilledHolds(input: KilledHoldsInput): Promise<KilledHoldsResult> {
  const { core, tries, signal, onProgress } = input;
  const pairs = publishVariants.flatMap((variant) =>
    killPoints.flatMap((point) => Array.from({ length: tries }, () => ({ variant, point }))),
  );
  const hall = { runId: core.ids.uuid().slice(-8), seats: pairs.length, zipfExponent: 1 };
  const sale = await setUpSale(core, { ...hall, room: ROOM });
  const orders = pairs.map((pair, index) => ({
    ...{ ...pair, userId: index + 1, queueId: sale.queueId },
    seatId: sale.hall[index]?.id ?? 0,
  }));
  const done: Try[] = [];
  const runAll = async (some: readonly KilledHold[], width: number): Promise<void> => {
    const left = [...some];
    const worker = async (): Promise<void> => {
      for (let order = left.shift(); order && !signal.aborted; order = left.shift()) {
        const reservationId = await runOne(order, input).catch((error: unknown) => {
          left.length = 0;
          throw error;
        });
        done.push({ order, reservationId });
        onProgress(`${order.variant}: ${order.point}`, done.length, orders.length);
      }
    };
    // Every process has ended before the data is removed.
    const ends = await Promise.allSettled(Array.from({ length: width }, worker));
    signal.throwIfAborted();
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    await recover(core, signal);
  };
  // A relay publishes the messages of other processes too. So the processes with a relay run one by
  // one, before any other leaves a message.
  await runAll(orders.filter(hasRelay), 1);
  await runAll(
    orders.filter((order) => !hasRelay(order)),
    WIDTH,
  );
  const versions = await readTopic(core, signal);
  return { cells: await count(core, done, versions), disordered: disorderedOf(versions) };
}

const hasRelay = ({ variant, point }: KilledHold): boolean =>
  variant === "outbox" && point === "after-publish";

/** Runs one process until its end. @returns the id of its reservation, if it came so far */
async function runOne(
  order: KilledHold,
  { env, signal }: Pick<KilledHoldsInput, "env" | "signal">,
): Promise<number | undefined> {
  const child = spawn(process.execPath, [PROGRAM], {
    env: { ...env, STUDY_HOLD: JSON.stringify(order) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited: Promise<unknown[]> = once(child, "exit");
  const kill = (): void => void child.kill("SIGKILL");
  signal.addEventListener("abort", kill);
  let reservationId: number | undefined;
  for await (const line of createInterface({ input: child.stdout })) reservationId = Number(line);
  const [code] = await exited;
  signal.removeEventListener("abort", kill);
  // A process that is killed has no code, and one that rolls back ends by itself.
  if (code !== null && code !== 0) {
    throw new Error(`A process of the study failed (${order.variant}: ${order.point})`);
  }
  return reservationId;
}

/** The next process of the product: its worker publishes what the killed ones left. */
async function recover(core: CoreContext, signal: AbortSignal): Promise<void> {
  const worker = startWorker(core);
  try {
    const endMs = core.clock.monotonicMs() + RECOVERY_MS_MAX;
    while ((await core.outbox.backlog(null)).pending > 0 && core.clock.monotonicMs() < endMs) {
      await core.clock.sleep(LOOK_MS, signal);
      signal.throwIfAborted();
    }
  } finally {
    await worker.stop();
  }
}

/** The versions of each reservation in the order of the topic, by its key. */
async function readTopic(
  core: CoreContext,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const versions = new Map<string, number[]>();
  const topics = [`${core.config.outbox.topicPrefix}reservation`];
  const group = `study-${core.ids.uuid()}`;
  const consumer = await core.consumers.run({
    ...{ consumer: group, topics },
    async handle({ key, headers }) {
      versions.set(key, [...(versions.get(key) ?? []), Number(headers["aggregate-version"])]);
    },
  });
  const unread = async (): Promise<boolean> => {
    const { partitions } = await core.consumerLag.read(group, topics, 1);
    return partitions.length === 0 || partitions.some(({ lag }) => lag > 0);
  };
  const endMs = core.clock.monotonicMs() + RECOVERY_MS_MAX;
  do await core.clock.sleep(LOOK_MS, signal);
  while (core.clock.monotonicMs() < endMs && (await unread()));
  await consumer.stop();
  return versions;
}

async function count(
  core: CoreContext,
  done: readonly Try[],
  versions: ReadonlyMap<string, readonly number[]>,
): Promise<readonly OutboxCell[]> {
  const cells: OutboxCell[] = [];
  for (const variant of publishVariants) {
    for (const point of killPoints) {
      const own = done.filter(({ order }) => order.variant === variant && order.point === point);
      const cell = { variant, point, tries: own.length, committed: 0 };
      const kinds = { lost: 0, duplicated: 0, phantom: 0 };
      for (const { reservationId } of own) {
        const id = reservationId ?? 0;
        const [found] = await core.sales.actual(null, { after: id - 1, upTo: id });
        const holds = (versions.get(`reservation:${id}`) ?? []).filter((version) => version === 1);
        if (found) cell.committed += 1;
        if (found && holds.length === 0) kinds.lost += 1;
        if (found && holds.length > 1) kinds.duplicated += 1;
        if (!found && holds.length > 0) kinds.phantom += 1;
      }
      cells.push({ ...cell, ...kinds });
    }
  }
  return cells;
}

/** Counts the reservations of which a version came first behind a later one. */
function disorderedOf(versions: ReadonlyMap<string, readonly number[]>): number {
  return [...versions.values()].filter((all) => {
    const firsts = [...new Set(all)];
    return firsts.some((version, at) => version < (firsts[at - 1] ?? 0));
  }).length;
}
