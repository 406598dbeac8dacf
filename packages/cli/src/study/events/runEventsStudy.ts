import { runNotifyWays } from "@onsale/simulator/bench";
import { EVENTS_REPORT_VERSION, type EventsReport } from "@onsale/simulator/study";
import { measureEvents } from "./eventsGround.ts";
import type { OutboxStudyInput } from "./runOutboxStudy.ts";

const FULL_BUYERS = 60;
const QUICK_BUYERS = 8;
const FULL_ROUNDS = 5;

/** Measures holds and payments with each way to notify, and each state of the notifier. */
export async function runEventsStudy(input: OutboxStudyInput): Promise<EventsReport> {
  const { isQuick, onProgress, signal } = input;
  const startedMs = performance.now();
  const buyers = isQuick ? QUICK_BUYERS : FULL_BUYERS;
  const rounds = isQuick ? 1 : FULL_ROUNDS;
  const show = (text: string): void => onProgress(text, performance.now() - startedMs);
  const { figures, ...facts } = await measureEvents({}, (core) =>
    runNotifyWays({ core, buyers, rounds, onProgress: show, signal }),
  );
  const size = { isQuick, buyers, rounds };
  return { schemaVersion: EVENTS_REPORT_VERSION, ...facts, ...size, cells: [...figures] };
}
