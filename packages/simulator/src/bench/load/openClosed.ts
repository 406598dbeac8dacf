import type { Connection } from "./connection.ts";
import { countAnswer } from "./countAnswer.ts";
import type { ClosedPlan } from "./loadPlan.ts";
import { connectionsTo, type OpenLoad } from "./openConnections.ts";
import { Tally } from "./tally.ts";

/**
 * A closed loop. The intended start of a request is the moment at which the request before it
 * ended, so a delay in this process counts as latency.
 */
export async function openClosed(plan: ClosedPlan): Promise<OpenLoad> {
  const { requests, total, inFlight } = plan;
  const connections = await connectionsTo(plan.targets, Math.min(inFlight, total));
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  return {
    stop,
    async run() {
      const tally = new Tally();
      let sent = 0;
      const startedMs = performance.now();
      const answered = new Promise<void>((resolve) => {
        for (const connection of connections) sendNext(connection, startedMs);
        function sendNext(connection: Connection, intendedMs: number): void {
          if (sent === total) return;
          const text = requests[sent % requests.length] ?? "";
          sent += 1;
          connection.send(text, (end) => {
            const nowMs = performance.now();
            countAnswer(tally, end, nowMs - intendedMs);
            if (tally.count() === total) resolve();
            else sendNext(connection, nowMs);
          });
        }
      });
      await Promise.race([answered, stopped]);
      const result = tally.result(performance.now() - startedMs);
      for (const connection of connections) connection.close();
      return result;
    },
  };
}
