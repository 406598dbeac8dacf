import { readPayload } from "../events/eventCatalog.ts";
import type { MessageRow } from "../ports/invariantReader.ts";
import type { ContentOf } from "./transitionContents.ts";
import type { ViolationLog } from "./violations.ts";

/**
 * I5: a consumer can read each message, and the message says what the rows say: the ids of its own
 * aggregate, the transition, and its values. The event catalogue is the only definition of types
 * and payloads.
 */
export const CONTENT_RULES = {
  type: "the message's type is not in the event catalogue, or is of another aggregate type",
  payload: "the message's payload does not fit the event catalogue",
  payloadIds: "the ids in the message's payload are not those of its aggregate",
  transitionType: "the message's type is not that of the transition to its version",
  payloadValues: "a value in the message's payload differs from the row that it is about",
} as const;

/** The aggregate of a message, with the ids that the payload must have. */
interface Owner {
  readonly aggregateType: string;
  readonly aggregateId: number;
  /** The ids that the payload must contain, by the names of their fields. */
  readonly ids: Readonly<Record<string, number>>;
  readonly contentOf: ContentOf;
}

/** The ids of seats have no order. */
const comparable = (value: unknown): string =>
  JSON.stringify(Array.isArray(value) ? value.toSorted((a, b) => a - b) : value);

export function checkContents(
  log: ViolationLog<keyof typeof CONTENT_RULES>,
  { aggregateType, aggregateId, ids, contentOf }: Owner,
  { aggregateVersion, type, payload: json }: MessageRow,
): void {
  const where = { aggregateType, aggregateId, aggregateVersion, type };
  const read = readPayload(aggregateType, type, json);
  if ("misfit" in read) {
    const { misfit, problem } = read;
    log.add(misfit, { ...where, problem });
    return;
  }
  for (const field in ids) {
    const [inPayload, inAggregate] = [read.payload[field], ids[field]];
    if (inPayload === inAggregate) continue;
    log.add("payloadIds", { ...where, field, inPayload, inAggregate });
    return;
  }
  const content = contentOf(aggregateVersion);
  if (!content) return;
  if (type !== content.type) log.add("transitionType", { ...where, expected: content.type });
  for (const field in content.values) {
    const value = read.payload[field] ?? content.absent?.[field];
    const [inPayload, inRow] = [value, content.values[field]].map(comparable);
    if (inPayload !== inRow) log.add("payloadValues", { ...where, field, inPayload, inRow });
  }
}
