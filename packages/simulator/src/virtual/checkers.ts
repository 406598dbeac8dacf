import { isDeepStrictEqual } from "node:util";
import { type CoreContext, checkInvariants, checkSales } from "@onsale/core";
import { type MemoryServers, NOTIFIER, SALES_PROJECTION } from "@onsale/core/memory";
import type { BuyerOutcome } from "../actors/buyerEnded.ts";
import { messageViolations, repeatedMessages } from "./messageChecker.ts";
import type { RuleGame } from "./rules/ruleGame.ts";
import type { Exercise } from "./runbook/exercise.ts";
import type { Violation } from "./violations.ts";
import type { Clients } from "./virtualClients.ts";
import type { Operator } from "./virtualOperator.ts";

/** The parts of a run that the checkers read. */
export interface CheckedRun {
  /** A core that reads the stores without waiting for a step of the scheduler. */
  readonly observer: CoreContext;
  readonly servers: MemoryServers;
  readonly queueId: string;
  readonly clients: Clients;
  readonly operator: Operator;
  /** The rules of the sale; undefined for a plain sale. */
  readonly game: RuleGame | undefined;
  readonly exercise?: Exercise | undefined;
  /** How often the platform accepted the notification of each message, by the message id. */
  readonly accepted: ReadonlyMap<string, number>;
  /** Restarts every process that is down. */
  reviveAll(): void;
}

/** Describes the unfinished work, one sentence each. Empty when the run has finished. */
export async function unfinishedWork({
  observer,
  servers,
  queueId,
  clients,
  operator,
  game,
  exercise,
}: CheckedRun): Promise<readonly string[]> {
  const found: string[] = [...(exercise?.unfinished() ?? [])];
  if (clients.underWay() > 0) found.push(`${clients.underWay()} buyers have not finished`);
  if (!operator.isDone()) found.push("the operator's change is not acknowledged");
  if (game?.boxOffice.isDone() === false) found.push("a job of the box office has not ended");
  const { pending, dead } = await observer.outbox.backlog(null);
  if (pending > 0) found.push(`${pending} outbox messages are not published`);
  if (dead > 0) found.push(`${dead} outbox messages are dead letters`);
  const { owed } = await observer.notifications.counts(null);
  if (owed > 0) found.push(`${owed} notifications are not delivered`);
  for (const consumer of [NOTIFIER, SALES_PROJECTION]) {
    const { lag } = servers.broker.groupOf(consumer);
    if (lag > 0) found.push(`${lag} messages are not consumed by the ${consumer}`);
  }
  const held = [...servers.database.tables.reservations.by("status", "PENDING")].length;
  if (held > 0) found.push(`${held} holds have not ended`);
  const room = servers.redisState.rooms.get(queueId);
  if (!room) found.push("the waiting room is lost");
  else {
    const record = await observer.admissions.findQueue(null, queueId);
    if (!isDeepStrictEqual(room.settings, record?.settings)) {
      found.push("the waiting room has other settings than the database");
    }
    if (room.waiting.size() > 0) found.push(`${room.waiting.size()} buyers are waiting`);
    if (room.promotions.size() > 0)
      found.push(`${room.promotions.size()} admissions are not recorded`);
    if (room.ends.size() > 0) found.push(`${room.ends.size()} ends are not recorded`);
  }
  return found;
}

/**
 * Checks a run that has finished all its work.
 * @param isCalm true when the run has no fault, so that nothing excuses poor service
 */
export async function checkRun(
  { observer, servers, clients, game, accepted }: CheckedRun,
  isCalm: boolean,
): Promise<readonly Violation[]> {
  const acknowledged = clients.acknowledged.all();
  const report = await checkInvariants(observer, { drained: true, acknowledged });
  const violations: Violation[] = report.results.flatMap(({ id, violations }) =>
    violations.map(({ message, ids }) => ({ check: id, message, ids })),
  );
  const mismatches = clients.recorder.mismatches.filter((one) => !game?.explains(one));
  for (const { phase, userId, first, second } of mismatches) {
    const message = `two answers to one key of ${phase}`;
    violations.push({ check: "keys", message, ids: { userId, first, second } });
  }
  for (const [userId, asked] of clients.askedCharges) {
    const entries = await observer.ledger.entriesOf(null, userId, { limit: ENTRIES_MAX });
    const charges = entries.filter(({ kind }) => kind === "CHARGE");
    const booked = charges.reduce((sum, { amount }) => sum + amount, 0);
    if (booked <= asked) continue;
    const message = "more was charged than asked for";
    violations.push({ check: "charges", message, ids: { userId, asked, booked } });
  }
  const rows = [...servers.database.tables.queueAdmissions.all()];
  const admissions = rows.flatMap(({ committed }) => committed ?? []);
  violations.push(...clients.line.violations(admissions), ...messageViolations(servers, accepted));
  violations.push(...clients.tokens.violations(admissions));
  violations.push(...(game?.violations({ tables: servers.database.tables, admissions }) ?? []));
  violations.push(...(await salesViolations(observer)));
  if (isCalm)
    violations.push(
      ...poorService(clients.outcomes, game?.closesSale === true),
      ...repeatedMessages(servers, accepted),
    );
  return violations;
}

/** Compares the sales projection with the reservations. All messages have been applied. */
async function salesViolations(observer: CoreContext): Promise<readonly Violation[]> {
  const { behind, wrong, sums } = await checkSales(observer);
  const violations: Violation[] = wrong.map(({ reservationId }) => ({
    ...{ check: "sales", message: "the sales projection counts a reservation wrongly" },
    ids: { reservationId },
  }));
  for (const { performanceId } of sums) {
    const message = "the sales of a performance are not the sum of its reservations";
    violations.push({ check: "sales", message, ids: { performanceId } });
  }
  if (behind > 0) {
    const message = "the sales projection lacks messages after all were applied";
    violations.push({ check: "sales", message, ids: { behind } });
  }
  return violations;
}

/** Outcomes of sessions that held seats. */
const ENDS_WITH_SEATS: readonly BuyerOutcome[] = ["bought", "abandoned", "hold-expired"];

/**
 * Reports each buyer who failed, and a run in which no buyer got seats. No other check notices a
 * product that refuses every buyer.
 * @param closesSale true when an operator closes the sale, perhaps before any buyer comes
 */
function poorService(
  outcomes: ReadonlyMap<number, BuyerOutcome>,
  closesSale: boolean,
): readonly Violation[] {
  const failed = [...outcomes].filter(([, outcome]) => outcome === "failed");
  const violations: Violation[] = failed.map(([buyer]) => ({
    check: "service",
    message: "a buyer failed",
    ids: { buyer },
  }));
  const ends = [...outcomes.values()];
  if (!closesSale && ends.length > 0 && !ends.some((end) => ENDS_WITH_SEATS.includes(end))) {
    violations.push({ check: "service", message: "no buyer held a seat", ids: {} });
  }
  return violations;
}

/** Maximum number of entries to read: far more than one buyer can cause. */
const ENTRIES_MAX = 1_000;
