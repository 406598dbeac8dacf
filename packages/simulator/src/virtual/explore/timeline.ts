import type { SeedResult } from "../runSeed.ts";
import type { TraceEvent } from "../trace.ts";

/**
 * Actors whose calls are routine work of a loop. The timeline shows such a call only when it has a
 * result.
 */
const LOOPS = /^(worker|api)-\d+(\.\d+)?$/;
const ROUTINE = [
  /^(begin|commit|rollback|leases\.|notifications\.)/,
  /\.cleanUp/,
  /^admissions\.(listQueueIds|findQueue|beginGeneration)/,
  /^outbox\.(due|counts)/,
  /^broker\.(memberId|join|fetch|heartbeat|commit)/,
  /^reservations\.lockOverdue -> \[\]/,
  /^queue\.promote -> .*"movedCount":0,/,
] as const;

/**
 * Calls that only read. The timeline omits them, because the answer to the buyer shows their
 * result.
 */
const LOOKS = /^(cache\.|catalog\.|queue\.place|admissions\.findQueue|idAllocator\.)/;

/** The events of a run without reads and routine calls. */
function significantEvents({ trace }: SeedResult): readonly TraceEvent[] {
  const last = trace.events.findLastIndex(({ kind }) => kind === "answer" || kind === "fault");
  return trace.events.filter((event, index) => {
    if (event.kind !== "call") return event.kind !== "note" || index <= last;
    if (LOOKS.test(event.text) && !event.text.includes(" fails: ")) return false;
    return !LOOPS.test(event.actor) || ROUTINE.every((pattern) => !pattern.test(event.text));
  });
}

const MARKS = { call: " ", request: ">", answer: "<", fault: "!", note: "*" } as const;
/** Maximum length of a line's text, so that it fits on a wide terminal. */
const TEXT_WIDTH = 110;

/**
 * Formats a run as lines with time, actor, mark and text. The mark ">" is a request to the API, "<"
 * is the answer to a request, "!" is a fault, and "*" is the start or the end of a process. A call
 * to a server has no mark.
 */
export function timeline(result: SeedResult): readonly string[] {
  const events = significantEvents(result);
  const width = Math.max(5, ...events.map(({ actor }) => actor.length));
  return events.map(({ atMs, actor, kind, text }) => {
    const time = (atMs / 1000).toFixed(4).padStart(9);
    return `${time} s  ${actor.padEnd(width)} ${MARKS[kind]} ${text.slice(0, TEXT_WIDTH)}`;
  });
}
