import type { MemoryServers } from "@onsale/core/memory";
import { plural } from "../report/words.ts";
import { stackOf, traceDigest } from "../virtual/trace.ts";
import { type BuyerEnd, runBuyer, type Shop } from "./buyerSession.ts";
import { judgeNow, type ViolationSpan } from "./consistencyWatch.ts";
import {
  type EndedRun,
  type EndViolation,
  endViolations,
  type SentMessage,
  type Truth,
} from "./endChecks.ts";
import { noteState, type PaymentRecord } from "./paymentRecords.ts";
import { PAYMENT_INBOX } from "./paymentService.ts";
import type { PaymentWork } from "./paymentWork.ts";
import { paymentState, RESERVATION_INBOX } from "./reservationService.ts";
import {
  openServiceRun,
  type ServiceRun,
  type ServiceRunOptions,
  scheduleServiceFaults,
} from "./serviceRun.ts";

export interface ServiceSeedResult {
  readonly seed: number;
  readonly payments: readonly PaymentRecord[];
  /** Every violation that an invariant had at some moment. */
  readonly spans: readonly ViolationSpan[];
  /** The checks that fail in the end. */
  readonly endViolations: readonly EndViolation[];
  readonly work: PaymentWork;
  /** Outbox messages of all transitions, and deliveries between the services. */
  readonly messages: number;
  readonly deliveries: number;
  /** Duration of the run in virtual time, ms. */
  readonly elapsedMs: number;
  /** SHA-256 of the history of a traced run; equal for two runs of a seed. */
  readonly digest: string;
}

/** The longest time with faults, and the time after the last fault until all work must be done. */
const SAFETY_MS_MAX = 40_000;
const LIVENESS_MS_MAX = 60_000;
const LOOK_MS = 250;
const STEPS_MAX = 400_000;

/** Runs the experiment with one seed, from the first buyer to the checks. */
export async function runServices(
  seed: number,
  options: ServiceRunOptions,
): Promise<ServiceSeedResult> {
  const run = await openServiceRun(seed, options);
  const { scheduler, groups } = run;
  groups.reservations.start();
  if (groups.payments !== groups.reservations) groups.payments.start();
  const lastAnswers: BuyerEnd[] = [];
  const buyers = startBuyers(run, lastAnswers);
  scheduleServiceFaults(run);
  const phases = runPhases(run, buyers);
  let isOver = false;
  void phases.then(
    () => {
      isOver = true;
    },
    (error: unknown) => {
      run.errors.push(stackOf(error));
      isOver = true;
    },
  );
  for (;;) {
    const end = await scheduler.run(() => isOver || run.changes.made, STEPS_MAX);
    if (run.changes.made) await observe(run);
    if (isOver || end !== "over") break;
  }
  if (!isOver) run.errors.push("the run did not come to its end");
  const unfinished = unfinishedWork(run, buyers);
  return {
    ...{ seed, payments: run.records.all, spans: run.watch.spans, work: run.work },
    endViolations: endViolations(endedRun(run, unfinished, lastAnswers)),
    messages: messagesOf(run.servers.reservations).length + otherMessages(run),
    deliveries: run.network.delivered,
    elapsedMs: scheduler.elapsedMs,
    digest: traceDigest(run.trace),
  };
}

/** Looks at all rows of both databases after a COMMIT. No other work proceeds meanwhile. */
async function observe(run: ServiceRun): Promise<void> {
  run.changes.made = false;
  const { observer, scheduler, watch, acknowledged, records } = run;
  const nowMs = scheduler.elapsedMs;
  watch.observe(nowMs, await judgeNow(observer.core, acknowledged.all()));
  for (const record of records.open) {
    noteState(record, await paymentState(observer, record), nowMs);
  }
}

function startBuyers(run: ServiceRun, lastAnswers: BuyerEnd[]): { underWay: number } {
  const { groups, isSplit, sale, scheduler, stalls, acknowledged, records, habits, streams } = run;
  const owner = stalls[0]?.owner ?? { isAlive: true };
  const shop: Shop = {
    ...{ ...groups, isSplit, acknowledged, queueId: sale.queueId },
    seatIds: sale.hall.map(({ id }) => id),
    holdMs: run.observer.core.config.hold.ttlMs,
    sleep: (ms) => scheduler.sleep(owner, ms),
    onPay: (userId, reservationId) =>
      records.begin({ userId, reservationId, askedMs: scheduler.elapsedMs }),
  };
  const buyers = { underWay: run.buyers };
  for (let userId = 1; userId <= run.buyers; userId += 1) {
    void runBuyer(shop, { userId, random: streams(`buyer ${userId}`), habits })
      .then((end) => end && lastAnswers.push(end))
      .catch((error: unknown) => run.errors.push(`buyer ${userId}: ${stackOf(error)}`))
      .finally(() => {
        buyers.underWay -= 1;
      });
  }
  return buyers;
}

async function runPhases(run: ServiceRun, buyers: { underWay: number }): Promise<void> {
  const { scheduler, stalls, faults, network, groups } = run;
  const owner = stalls[0]?.owner ?? { isAlive: true };
  const until = async (ms: number, isDone: () => boolean): Promise<void> => {
    const endMs = scheduler.elapsedMs + ms;
    while (scheduler.elapsedMs < endMs && !isDone()) await scheduler.sleep(owner, LOOK_MS);
  };
  await until(SAFETY_MS_MAX, () => buyers.underWay === 0);
  faults.stop();
  network.becomeCalm();
  for (const one of stalls) one.endAll();
  groups.reservations.reviveAll();
  groups.payments.reviveAll();
  await until(LIVENESS_MS_MAX, () => unfinishedWork(run, buyers).length === 0);
}

function unfinishedWork(run: ServiceRun, { underWay }: { underWay: number }): readonly string[] {
  const { records, network, servers } = run;
  const found: string[] = [];
  if (underWay > 0) found.push(`${plural(underWay, "buyer")} without an answer`);
  const open = records.open.filter(({ states }) => states.at(-1)?.state !== "REFUSED");
  for (const { reservationId, states } of open) {
    found.push(`the payment of reservation ${reservationId} is ${states.at(-1)?.state ?? "lost"}`);
  }
  if (network.underWay > 0) found.push(`${plural(network.underWay, "message")} under way`);
  for (const one of new Set([servers.reservations, servers.payments])) {
    const pending = messagesOf(one).filter(({ status }) => status !== "PUBLISHED").length;
    if (pending > 0) found.push(`${plural(pending, "outbox message")} not published`);
  }
  const held = rowsOf(servers.reservations.database.tables.reservations).filter(
    ({ status }) => status === "PENDING",
  );
  if (held.length > 0) found.push(`${plural(held.length, "hold")} without an end`);
  return found;
}

function rowsOf<Row>(table: { all(): readonly { readonly committed: Row | undefined }[] }): Row[] {
  return table.all().flatMap(({ committed }) => (committed === undefined ? [] : [committed]));
}

const messagesOf = ({ database }: MemoryServers): readonly SentMessage[] =>
  rowsOf(database.tables.outboxMessages);

const otherMessages = ({ isSplit, servers }: ServiceRun): number =>
  isSplit ? messagesOf(servers.payments).length : 0;

function endedRun(
  run: ServiceRun,
  unfinished: readonly string[],
  lastAnswers: readonly BuyerEnd[],
): EndedRun {
  const { servers, watch, errors, isSplit } = run;
  const appliedAt = (one: MemoryServers, inbox: string) =>
    new Set(
      rowsOf(one.database.tables.inboxMessages)
        .filter(({ consumer }) => consumer === inbox)
        .map(({ messageId }) => messageId),
    );
  return {
    ...{ watch, unfinished, errors, lastAnswers, truths: truthsOf(run) },
    sent: {
      byReservations: isSplit ? messagesOf(servers.reservations) : [],
      byPayments: isSplit ? messagesOf(servers.payments) : [],
    },
    applied: {
      atReservations: appliedAt(servers.reservations, RESERVATION_INBOX),
      atPayments: appliedAt(servers.payments, PAYMENT_INBOX),
    },
  };
}

function truthsOf({ servers, records }: ServiceRun): ReadonlyMap<number, Truth> {
  const entries = rowsOf(servers.payments.database.tables.pointEntries);
  const reservations = rowsOf(servers.reservations.database.tables.reservations);
  const tried = new Set(records.all.map(({ reservationId }) => reservationId));
  return new Map(
    reservations
      .filter(({ id }) => tried.has(id))
      .map(({ id, status, amount }) => {
        const spent = entries
          .filter(({ reservationId }) => reservationId === id)
          .reduce((sum, one) => sum + (one.kind === "SPEND" ? one.amount : -one.amount), 0);
        return [id, { reservationStatus: status, spent, amount }];
      }),
  );
}
