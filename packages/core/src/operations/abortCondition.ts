import { readHolds } from "../api/holdDurations.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { InvalidInputError } from "../shared/errors.ts";

/** The value of a figure, or why there is none. */
type Value = number | { readonly none: string };

/** Live figures that a bulk change can watch. */
const FIGURES = {
  "holds.p95": { unit: "ms", read: holdsP95 },
  "outbox.oldest": { unit: "ms", read: async (core) => (await backlogOf(core)).oldestPendingAgeMs },
  "outbox.pending": { unit: "", read: async (core) => (await backlogOf(core)).pending },
  dead: { unit: "", read: async (core) => (await backlogOf(core)).dead },
  "queue.waiting": { unit: "", read: (core) => sumOfQueues(core, "waitingCount") },
  "queue.active": { unit: "", read: (core) => sumOfQueues(core, "activeCount") },
} as const satisfies Record<string, Figure>;

interface Figure {
  readonly unit: "ms" | "";
  readonly read: (core: CoreContext) => Promise<Value>;
}

/** A condition on a live figure, such as `outbox.oldest>30s`. */
export interface AbortCondition {
  readonly text: string;
  readonly figure: keyof typeof FIGURES;
  readonly operator: ">" | "<";
  /** In the figure's unit: ms for times, else a count. */
  readonly bound: number;
}

/** A condition with its figure of this moment. */
export interface AbortReading {
  /** The condition. */
  readonly text: string;
  /** In ms for times, else a count; undefined while the figure has no value. */
  readonly value: number | undefined;
  /** Whether the condition holds; false while the figure has no value. */
  readonly holds: boolean;
  /** A sentence with the figure, or with the reason why it has no value yet. */
  readonly read: string;
}

const SYNTAX = /^\s*([a-z.]+[a-z0-9]*)\s*([<>])\s*(\d+(?:\.\d+)?)\s*(ms|s|min|h)?\s*$/;
const MS_OF_UNIT = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 } as const;

/** @throws InvalidInputError when the text is not a condition on a known figure */
export function parseAbortCondition(text: string): AbortCondition {
  const [, name = "", operator, number, unit] = SYNTAX.exec(text) ?? [];
  if (!isFigure(name) || (operator !== ">" && operator !== "<")) throw unreadable(text);
  const isTime = FIGURES[name].unit === "ms";
  if (isTime !== (unit !== undefined)) throw unreadable(text);
  const factor = unit === "s" || unit === "min" || unit === "h" ? MS_OF_UNIT[unit] : 1;
  return { text: text.trim(), figure: name, operator, bound: Number(number) * factor };
}

/** Reads the figure of a condition. A condition on a figure without a value does not hold. */
export async function readAbortCondition(
  core: CoreContext,
  { text, figure, operator, bound }: AbortCondition,
): Promise<AbortReading> {
  const value: Value = await FIGURES[figure].read(core);
  if (typeof value !== "number") {
    const read = `${figure} has no value yet: ${value.none}`;
    return { text, value: undefined, holds: false, read };
  }
  const holds = operator === ">" ? value > bound : value < bound;
  const read = `${figure} is ${Math.round(value)} ${FIGURES[figure].unit}`.trimEnd();
  return { text, value, holds, read };
}

const isFigure = (name: string): name is keyof typeof FIGURES => Object.hasOwn(FIGURES, name);

function unreadable(text: string): InvalidInputError {
  const names = Object.entries(FIGURES).map(([name, { unit }]) =>
    unit === "ms" ? `${name} (a time)` : name,
  );
  return new InvalidInputError(
    `"${text}" is not a condition such as outbox.oldest>30s or dead>0; figures: ` +
      names.join(", "),
    { condition: text },
  );
}

async function holdsP95(core: CoreContext): Promise<Value> {
  const { processes, p95Ms } = await readHolds(core);
  if (p95Ms !== undefined) return p95Ms;
  if (processes === 0) return { none: "no API process reports its holds" };
  return { none: "the API processes accepted no hold in the last seconds" };
}

const backlogOf = (core: CoreContext) => core.outbox.backlog(null);

async function sumOfQueues(
  core: CoreContext,
  field: "waitingCount" | "activeCount",
): Promise<number> {
  const ids = await core.admissions.listQueueIds(null);
  const all = await Promise.all(ids.map((id) => core.queue.stats(id)));
  return all.reduce((sum, stats) => ("status" in stats ? sum : sum + stats[field]), 0);
}
