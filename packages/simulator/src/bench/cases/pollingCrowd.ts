import { countText } from "../../report/words.ts";
import type { LoadResult } from "../benchReport.ts";
import type { BenchBuyer } from "../benchStage.ts";
import type { Contender } from "../contender.ts";
import { openLoadGenerator } from "../load/loadGenerator.ts";
import { requestText, type Target } from "../load/loadPlan.ts";

/** Waiting buyers that poll in a process of their own. */
export interface PollingCrowd {
  /** The contender with the crowd beside it: the crowd polls during its rounds. */
  beside(contender: Contender): Contender;
  /** A sentence about the polls of all rounds. */
  note(): string;
  close(): Promise<void>;
}

/** Time in which the crowd polls before a round begins, ms. */
const POLLS_FIRST_MS = 500;

/**
 * Starts the process of the crowd.
 * @param room the processes that serve the waiting room; the pids of those that serve nothing else
 */
export function openPollingCrowd(
  room: { readonly targets: readonly Target[]; readonly pids: readonly number[] },
  waiting: readonly BenchBuyer[],
): PollingCrowd {
  const generator = openLoadGenerator();
  const clients = waiting.map(({ userId, token, pollAfterMs }) => {
    const path = `/api/v1/queue/tokens/status/${userId}`;
    return { request: requestText({ method: "GET", path, token }), pollAfterMs };
  });
  const results: LoadResult[] = [];
  return {
    beside: (contender) => ({
      name: `${countText(clients.length)} waiting`,
      processes: {
        ...contender.processes,
        ...(room.pids.length === 0 ? {} : { queue: room.pids }),
        crowd: [generator.pid],
      },
      async prepare(operations) {
        const run = await contender.prepare(operations);
        const polls = await generator.prepare({ kind: "polls", targets: room.targets, clients });
        const polled = polls.run();
        const { promise: begun, resolve } = Promise.withResolvers<void>();
        setTimeout(resolve, POLLS_FIRST_MS);
        await begun;
        return async () => {
          const running = run().finally(() => polls.stop());
          const [result, ofPolls] = await Promise.all([running, polled]);
          results.push(ofPolls);
          return withFailures(result, ofPolls);
        };
      },
    }),
    note: () => noteOf(clients.length, results),
    close: () => generator.close(),
  };
}

/** A failed poll counts as a failure of the round. */
function withFailures(result: LoadResult, polls: LoadResult): LoadResult {
  const failedBy = { ...result.failedBy };
  for (const [reason, count] of Object.entries(polls.failedBy)) failedBy[`poll ${reason}`] = count;
  return { ...result, failed: result.failed + polls.failed, failedBy };
}

function noteOf(count: number, results: readonly LoadResult[]): string {
  const sum = (pick: (result: LoadResult) => number) =>
    results.reduce((total, result) => total + pick(result), 0);
  const perSecond = (sum(({ accepted }) => accepted) * 1000) / sum(({ elapsedMs }) => elapsedMs);
  const worst = Math.max(...results.map(({ latencyMs }) => latencyMs?.p95 ?? 0));
  const others = sum(({ refused, failed }) => refused + failed);
  return (
    `${countText(count)} waiting buyers polled ${countText(perSecond)} times a second, p95 of ` +
    `the worst round ${worst.toFixed(1)} ms; ${countText(others)} polls were refused or failed.`
  );
}
