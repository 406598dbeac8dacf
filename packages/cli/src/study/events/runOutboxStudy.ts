import { runKilledHolds } from "@onsale/simulator/bench";
import { OUTBOX_REPORT_VERSION, type OutboxReport } from "@onsale/simulator/study";
import { measureEvents } from "./eventsGround.ts";

/** Processes that are ended at each point of each variant. */
const FULL_TRIES = 4;
const QUICK_TRIES = 1;

export interface OutboxStudyInput {
  readonly isQuick: boolean;
  readonly onProgress: (text: string, elapsedMs: number) => void;
  readonly signal: AbortSignal;
}

/** Ends processes by kill -9 at each point, and counts lost, repeated and phantom messages. */
export async function runOutboxStudy(input: OutboxStudyInput): Promise<OutboxReport> {
  const { isQuick, onProgress, signal } = input;
  const startedMs = performance.now();
  const tries = isQuick ? QUICK_TRIES : FULL_TRIES;
  const show = (text: string, done: number, of: number): void =>
    onProgress(`${done} of ${of}, ${text}`, performance.now() - startedMs);
  const { figures, ...facts } = await measureEvents({}, (core, env) =>
    runKilledHolds({ core, env, tries, onProgress: show, signal }),
  );
  const { cells, disordered } = figures;
  return { schemaVersion: OUTBOX_REPORT_VERSION, isQuick, ...facts, cells: [...cells], disordered };
}
