import { countAnswer } from "./countAnswer.ts";
import type { PacedPlan } from "./loadPlan.ts";
import { connectionsTo, type OpenLoad } from "./openConnections.ts";
import { Tally } from "./tally.ts";

/** Connections of a paced load. A request that finds all of them busy waits for the first free. */
const PACED_CONNECTIONS = 128;
/** Interval at which due requests are sent, ms. */
const PACE_MS = 1;

/**
 * An open schedule. The latency counts from the intended start, so a request that waits for a
 * connection, or that this process sends late, has a longer latency.
 */
export async function openPaced(plan: PacedPlan): Promise<OpenLoad> {
  const { requests, total, perSecond } = plan;
  const idle = await connectionsTo(plan.targets, Math.min(PACED_CONNECTIONS, total));
  const all = [...idle];
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  return {
    stop,
    async run() {
      const tally = new Tally();
      let sent = 0;
      const startedMs = performance.now();
      const dueAt = (index: number): number => startedMs + (index * 1000) / perSecond;
      const { promise: answered, resolve } = Promise.withResolvers<void>();
      function sendDue(): void {
        while (sent < total && dueAt(sent) <= performance.now()) {
          const connection = idle.shift();
          if (connection === undefined) return;
          const intendedMs = dueAt(sent);
          const text = requests[sent % requests.length] ?? "";
          sent += 1;
          connection.send(text, (end) => {
            countAnswer(tally, end, performance.now() - intendedMs);
            idle.push(connection);
            if (tally.count() === total) resolve();
          });
        }
      }
      const timer = setInterval(sendDue, PACE_MS);
      sendDue();
      await Promise.race([answered, stopped]);
      clearInterval(timer);
      const result = tally.result(performance.now() - startedMs);
      for (const connection of all) connection.close();
      return result;
    },
  };
}
