import { z } from "zod";
import { machineSchema } from "../machine.ts";

/** The version of the JSON format. It increases when a field changes its meaning or is removed. */
export const OUTBOX_REPORT_VERSION = 1;

export const publishVariants = ["before-commit", "after-commit", "outbox"] as const;
export type PublishVariant = (typeof publishVariants)[number];

export const variantTitles: Readonly<Record<PublishVariant, string>> = {
  "before-commit": "Publish before COMMIT",
  "after-commit": "Publish after COMMIT",
  outbox: "Outbox with a relay",
};

export const killPoints = ["rollback", "before-commit", "after-commit", "after-publish"] as const;
export type KillPoint = (typeof killPoints)[number];

export const pointTitles: Readonly<Record<KillPoint, string>> = {
  rollback: "the transaction is rolled back",
  "before-commit": "kill -9 before COMMIT",
  "after-commit": "kill -9 after COMMIT, before the publication",
  "after-publish": "kill -9 after the publication, before its record",
};

const count = z.number().int().nonnegative();
const cellSchema = z.object({
  variant: z.enum(publishVariants),
  point: z.enum(killPoints),
  /** Number of processes that were ended at the point, each in one hold. */
  tries: count,
  committed: count,
  /** Holds that were committed and have no message in the topic. */
  lost: count,
  /** Holds that were committed and have more than one message. */
  duplicated: count,
  /** Holds that were rolled back and have a message. */
  phantom: count,
});
export type OutboxCell = z.infer<typeof cellSchema>;

export const outboxReportSchema = z.object({
  schemaVersion: z.literal(OUTBOX_REPORT_VERSION),
  takenAt: z.iso.datetime(),
  commit: z.string().optional(),
  isQuick: z.boolean(),
  tookMs: z.number().nonnegative(),
  machine: machineSchema.partial({ memoryMb: true }),
  cells: z.array(cellSchema),
  /** Reservations whose messages arrived in another order of versions, with the outbox. */
  disordered: count,
});
export type OutboxReport = z.infer<typeof outboxReportSchema>;

/** The promises of the outbox that the measurement did not confirm. */
export function outboxProblems({ cells, disordered }: OutboxReport): readonly string[] {
  const own = cells.filter(({ variant }) => variant === "outbox");
  const sum = (kind: "lost" | "phantom" | "tries") => own.reduce((all, one) => all + one[kind], 0);
  return [
    ...(sum("tries") === 0 ? ["nothing was tried"] : []),
    ...(sum("lost") > 0 ? [`the outbox lost ${sum("lost")} messages`] : []),
    ...(sum("phantom") > 0 ? [`the outbox published ${sum("phantom")} phantoms`] : []),
    ...(disordered > 0 ? [`${disordered} reservations were out of order`] : []),
  ];
}
