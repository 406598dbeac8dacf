import type { SeedResult } from "../runSeed.ts";
import type { TraceEvent } from "../trace.ts";

/** What loops do all the time; worth a line only when something came of it. */
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

/** Looks that change nothing; what came of them is told to the buyer. */
const LOOKS = /^(cache\.|catalog\.|queue\.place|admissions\.findQueue|idAllocator\.)/;

/** Events that tell what happened, without those that tell that nothing did. */
function tellingEvents({ trace }: SeedResult): readonly TraceEvent[] {
  const last = trace.events.findLastIndex(({ kind }) => kind === "told" || kind === "fault");
  return trace.events.filter((event, index) => {
    if (event.kind !== "call") return event.kind !== "note" || index <= last;
    if (LOOKS.test(event.text) && !event.text.includes(" fails: ")) return false;
    return !LOOPS.test(event.actor) || ROUTINE.every((pattern) => !pattern.test(event.text));
  });
}

const MARKS = { call: " ", asks: ">", told: "<", fault: "!", note: "*" } as const;
/** What fits beside each other on a wide terminal. */
const TEXT_WIDTH = 110;

/**
 * A run as a person reads it: when, who, what. ">" asks the API, "<" is told, " " a server did
 * something, "!" something broke.
 */
export function timeline(result: SeedResult): readonly string[] {
  const events = tellingEvents(result);
  const width = Math.max(5, ...events.map(({ actor }) => actor.length));
  return events.map(({ atMs, actor, kind, text }) => {
    const time = (atMs / 1000).toFixed(4).padStart(9);
    return `${time} s  ${actor.padEnd(width)} ${MARKS[kind]} ${text.slice(0, TEXT_WIDTH)}`;
  });
}
