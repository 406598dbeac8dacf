import { Flags } from "@oclif/core";

const AGGREGATE_TYPES = ["reservation", "payment", "point-account"] as const;

/** Flags that select messages. A message is selected only if it matches every given flag. */
export const selectionFlags = {
  "aggregate-type": Flags.option({
    options: AGGREGATE_TYPES,
    description: "Messages of this kind of aggregate",
    helpGroup: "SELECTION",
  })(),
  aggregate: Flags.integer({
    min: 1,
    description: "Messages of the aggregate with this id",
    dependsOn: ["aggregate-type"],
    helpGroup: "SELECTION",
  }),
  type: Flags.string({
    description: "Messages of this event type, such as payment.captured",
    helpGroup: "SELECTION",
  }),
  since: Flags.string({
    description: "Written at this time or later: 2026-11-28T10:00:00Z",
    helpGroup: "SELECTION",
  }),
  until: Flags.string({ description: "Written before this time", helpGroup: "SELECTION" }),
};

/** The flag that names messages. */
export const idFlag = {
  id: Flags.string({
    description: "This message: its id, or its message id; may be repeated",
    multiple: true,
    helpGroup: "SELECTION",
  }),
};

/** The flags by the field of the input that they give. */
export const SELECTION_FIELD_FLAGS = {
  ids: "--id",
  aggregateType: "--aggregate-type",
  aggregateId: "--aggregate",
  type: "--type",
  since: "--since",
  until: "--until",
};

interface SelectionValues {
  readonly id?: readonly string[] | undefined;
  readonly "aggregate-type"?: (typeof AGGREGATE_TYPES)[number] | undefined;
  readonly aggregate?: number | undefined;
  readonly type?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** The input of an operation on messages: the conditions that were given. */
export function selectionInput(flags: SelectionValues): object {
  const conditions = {
    ids: flags.id,
    aggregateType: flags["aggregate-type"],
    aggregateId: flags.aggregate,
    ...{ type: flags.type, since: flags.since, until: flags.until },
  };
  return Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== undefined));
}
