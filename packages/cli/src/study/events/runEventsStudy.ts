import { runNotifyWays } from "@onsale/simulator/bench";
import { EVENTS_REPORT_VERSION, type EventsReport } from "@onsale/simulator/study";
import { measureEvents } from "./eventsGround.ts";
import type { OutboxStudyInput } from "./runOutboxStudy.ts";

const FULL_BUYERS = 60;
const QUICK_BUYERS = 8;

/** Measures holds and payments with each way to notify, and each state of the notifier. */
export async function runEventsStudy(input: OutboxStudyInput): Promise<EventsReport> {
  const { isQuick, onProgress, signal } = input;
  const startedMs = performance.now();
  const buyers = isQuick ? QUICK_BUYERS : FULL_BUYERS;
  const show = (text: string): void => onProgress(text, performance.now() - startedMs);
  const { figures, ...facts } = await measureEvents({}, (core) =>
    runNotifyWays({ core, buyers, onProgress: show, signal }),
  );
  return { schemaVersion: EVENTS_REPORT_VERSION, isQuick, ...facts, buyers, cells: [...figures] };
}
