import type { Connection } from "./connection.ts";
import { countAnswer } from "./countAnswer.ts";
import type { PollPlan } from "./loadPlan.ts";
import { connectionsTo, type OpenLoad } from "./openConnections.ts";
import { Tally } from "./tally.ts";

/** Connections that all polling buyers share. */
const CONNECTIONS = 128;
/** Interval at which due polls are sent, ms: short beside the pauses, which last seconds. */
const TICK_MS = 10;
/** Pause after a poll that failed or was refused, ms. */
const RETRY_MS = 1000;
/** Multiples of the golden ratio are distributed evenly, and do not depend on the position. */
const GOLDEN_SHARE = (Math.sqrt(5) - 1) / 2;
const POLL_AFTER = /"pollAfterMs":(\d+)/;

/**
 * Buyers who wait in the queue. Each of them polls again after the pause that the last answer
 * advised. The first polls are distributed over the advised pauses, as they are in a line that has
 * been there for some time.
 */
export async function openPolls(plan: PollPlan): Promise<OpenLoad> {
  const connections = await connectionsTo(plan.targets, CONNECTIONS);
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  return {
    stop,
    async run() {
      const tally = new Tally();
      const startedMs = performance.now();
      const timer = pollWhenDue(plan, connections, tally);
      await stopped;
      clearInterval(timer);
      for (const connection of connections) connection.close();
      return tally.result(performance.now() - startedMs);
    },
  };
}

function pollWhenDue(
  { clients }: PollPlan,
  idle: readonly Connection[],
  tally: Tally,
): NodeJS.Timeout {
  const free = [...idle];
  const byTick = new Map<number, number[]>();
  const due: { readonly client: number; readonly intendedMs: number }[] = [];
  let tick = tickOf(performance.now());
  const schedule = (client: number, atMs: number): void => {
    const at = Math.max(tick + 1, tickOf(atMs));
    const others = byTick.get(at);
    if (others === undefined) byTick.set(at, [client]);
    else others.push(client);
  };
  for (const [client, { pollAfterMs }] of clients.entries()) {
    schedule(client, performance.now() + pollAfterMs * ((client * GOLDEN_SHARE) % 1));
  }
  return setInterval(() => {
    for (const last = tickOf(performance.now()); tick < last; ) {
      tick += 1;
      for (const client of byTick.get(tick) ?? []) due.push({ client, intendedMs: tick * TICK_MS });
      byTick.delete(tick);
    }
    while (due.length > 0) {
      const connection = free.shift();
      const poll = connection && due.shift();
      if (connection === undefined || poll === undefined) return;
      const { client, intendedMs } = poll;
      connection.send(clients[client]?.request ?? "", (end) => {
        const nowMs = performance.now();
        countAnswer(tally, end, nowMs - intendedMs);
        free.push(connection);
        schedule(client, nowMs + ("lost" in end ? RETRY_MS : pauseOf(end.body)));
      });
    }
  }, TICK_MS);
}

function tickOf(atMs: number): number {
  return Math.floor(atMs / TICK_MS);
}

function pauseOf(body: readonly Buffer[]): number {
  const [, pause] = POLL_AFTER.exec(Buffer.concat(body).toString("latin1")) ?? [];
  return pause === undefined ? RETRY_MS : Number(pause);
}
