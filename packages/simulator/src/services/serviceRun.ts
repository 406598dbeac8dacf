import type { CoreContext, OnsaleConfig, PublishedMessage } from "@onsale/core";
import { createMemoryServers, type MemoryServers, openMemoryCore } from "@onsale/core/memory";
import { AcknowledgedLog } from "../actors/acknowledgedLog.ts";
import { below, between, type RandomStreams, randomStreams } from "../chance/seededRandom.ts";
import { type PreparedSale, setUpSale } from "../rush/setUpSale.ts";
import { type FaultProfile, Faults } from "../virtual/faults.ts";
import { loopChecker } from "../virtual/loopChecker.ts";
import { LIVES, virtualConfig } from "../virtual/scenario.ts";
import { scheduleOf } from "../virtual/schedule.ts";
import { Scheduler } from "../virtual/scheduler.ts";
import { type Stalls, serverStalls } from "../virtual/stalls.ts";
import { keptTrace, noTrace, shownError, type Trace } from "../virtual/trace.ts";
import { virtualClock } from "../virtual/virtualClock.ts";
import { virtualIds } from "../virtual/virtualIds.ts";
import { virtualQueueTokens } from "../virtual/virtualTokens.ts";
import { type BuyerHabits, USUAL_HABITS } from "./buyerSession.ts";
import { ConsistencyWatch } from "./consistencyWatch.ts";
import { joinedReader } from "./joinedReader.ts";
import {
  CALM_NETWORK,
  type Deliver,
  type MessageNetwork,
  messageNetwork,
  type NetworkFaults,
  ROUGH_NETWORK,
} from "./messageNetwork.ts";
import { PaymentRecords } from "./paymentRecords.ts";
import { applyToPayments } from "./paymentService.ts";
import { PaymentWork } from "./paymentWork.ts";
import { applyToReservations } from "./reservationService.ts";
import { openSagaJournal, REQUESTS, withoutSaga } from "./sagaJournal.ts";
import { readMessage, type ServiceCore, type ServiceMessage } from "./serviceCore.ts";
import { ServiceGroup } from "./serviceGroup.ts";
import { DESIGNED, type SplitFaults } from "./split.ts";

/** The options of one run of the experiment. */
export interface ServiceRunOptions {
  /** False: one service with one database, as in the product. */
  readonly isSplit: boolean;
  /** Whether processes crash, calls fail, databases stall and messages go astray. */
  readonly hasFaults: boolean;
  readonly splitFaults?: SplitFaults;
  readonly habits?: BuyerHabits;
  readonly buyers?: number;
  readonly seats?: number;
  readonly traced?: boolean;
}

const CALM_PROFILE: FaultProfile = {
  ...{ callFaultShare: 0, scheduledFaults: 0, refusalShare: 0, skewMs: 0 },
};
/** As the second roughest profile of the explorer. */
const ROUGH_PROFILE: FaultProfile = { ...CALM_PROFILE, callFaultShare: 0.006 };
const PROCESSES = 2;
const BUYERS = 8;
const SEATS = 6;
/** The pause of an idle relay in the product, ms. */
const OUTBOX_POLL_MS = 200;
/** Kills and stalls of a run with faults, each within the first seconds. */
const SCHEDULED_FAULTS = 3;
const SCHEDULED_UNTIL_MS = 5_000;
const STALL_MS_MAX = 6_000;
const DOWN_MS_MAX = 4_000;

/** All parts of a run. */
export interface ServiceRun {
  readonly isSplit: boolean;
  readonly hasFaults: boolean;
  readonly streams: RandomStreams;
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly faults: Faults;
  readonly stalls: readonly Stalls[];
  readonly network: MessageNetwork;
  /** One group twice without a split. */
  readonly groups: { readonly reservations: ServiceGroup; readonly payments: ServiceGroup };
  readonly servers: { readonly reservations: MemoryServers; readonly payments: MemoryServers };
  /** Reads all tables without waiting for a step of the scheduler. */
  readonly observer: ServiceCore;
  readonly sale: PreparedSale;
  readonly habits: BuyerHabits;
  readonly buyers: number;
  readonly work: PaymentWork;
  readonly watch: ConsistencyWatch;
  readonly records: PaymentRecords;
  readonly acknowledged: AcknowledgedLog;
  readonly errors: string[];
  /** `made` is true after a COMMIT that the watch has not looked at. */
  readonly changes: { made: boolean };
}

/** Prepares the run of one seed: the sale, the databases and the processes. */
export async function openServiceRun(
  seed: number,
  options: ServiceRunOptions,
): Promise<ServiceRun> {
  const { isSplit, hasFaults, splitFaults = DESIGNED } = options;
  const streams = randomStreams(seed);
  const scheduler = new Scheduler(scheduleOf(streams));
  const trace = options.traced ? keptTrace() : noTrace;
  const faults = new Faults(streams, hasFaults ? ROUGH_PROFILE : CALM_PROFILE, PROCESSES);
  const stallsOf = (name: string) =>
    serverStalls(scheduler, (call) => streams(`stalled ${name} ${call}`));
  const stalls = isSplit ? [stallsOf("reservations"), stallsOf("payments")] : [stallsOf("onsale")];
  const [ownStalls = stallsOf("onsale"), payStalls = ownStalls] = stalls;
  const servers = serversOf(scheduler, ownStalls, { isSplit, splitFaults });
  const config = serviceConfig(TOPIC_PREFIXES.reservations);
  const ports = { ids: virtualIds(), tokens: virtualQueueTokens(), webhook: noWebhook };
  const observer = observerOf(config, servers, scheduler, ownStalls, ports);
  const sale = await setUpSale(observer.core, {
    ...{ runId: "services", seats: options.seats ?? SEATS, zipfExponent: 0 },
    room: { activeCountMax: 100, admissionRatePerMinute: 6_000, ...LIVES },
  });
  const groups: { reservations?: ServiceGroup; payments?: ServiceGroup } = {};
  const network = messageNetwork({
    ...{ scheduler, owner: ownStalls.owner, streams, trace },
    faults: networkFaultsOf(options),
    receiverOf: (message) => (isSplit ? receiverOf(message, groups, streams) : undefined),
  });
  const work = new PaymentWork();
  const changes = { made: false };
  const errors: string[] = [];
  const groupOf = (side: keyof typeof TOPIC_PREFIXES, name: string, stallsOfIt: Stalls) =>
    new ServiceGroup(
      {
        config: serviceConfig(TOPIC_PREFIXES[side]),
        ...{ name, streams, servers: servers[side], messages: network, ports, work },
        network: { scheduler, faults, stalls: stallsOfIt, trace },
        ...{ isSplit, faults: splitFaults, isCalm: !hasFaults },
        onCommit: () => {
          changes.made = true;
        },
        report: (message) => void errors.push(message),
      },
      PROCESSES,
    );
  groups.reservations = groupOf("reservations", isSplit ? "reservation" : "onsale", ownStalls);
  groups.payments = isSplit ? groupOf("payments", "payment", payStalls) : groups.reservations;
  return {
    ...{ isSplit, hasFaults, streams, scheduler, trace, faults, stalls, network, servers },
    ...{ observer, sale, habits: options.habits ?? USUAL_HABITS, buyers: options.buyers ?? BUYERS },
    ...{ work, changes, errors, watch: new ConsistencyWatch(), records: new PaymentRecords() },
    acknowledged: new AcknowledgedLog(),
    groups: { reservations: groups.reservations, payments: groups.payments },
  };
}

const noWebhook: CoreContext["webhook"] = {
  send: async () => undefined,
  capacity: () => Number.POSITIVE_INFINITY,
  probe: async () => undefined,
};

function networkFaultsOf({ hasFaults }: ServiceRunOptions): NetworkFaults {
  return hasFaults ? ROUGH_NETWORK : CALM_NETWORK;
}

/** The topics of each service. Without a split only the first is used. */
const TOPIC_PREFIXES = { reservations: "reservation-service.", payments: "payment-service." };

/** The settings of a virtual sale, with the relay's pause of the product. */
function serviceConfig(topicPrefix: string): OnsaleConfig {
  const groups = { membersMax: 1, lanes: 1 };
  const config = virtualConfig({ seatLock: "conditional", groups });
  const outbox = { ...config.core.outbox, pollMs: OUTBOX_POLL_MS, topicPrefix };
  return { ...config, core: { ...config.core, outbox } };
}

function serversOf(
  scheduler: Scheduler,
  { owner }: Stalls,
  { isSplit, splitFaults }: { isSplit: boolean; splitFaults: SplitFaults },
): ServiceRun["servers"] {
  const clock = virtualClock(scheduler, owner);
  const reservations = createMemoryServers({ clock });
  const payments = isSplit ? createMemoryServers({ clock }) : reservations;
  const { tables } = payments.database;
  // The reservation of a payment is in the other database.
  if (isSplit) tables.payments.dropDefence("payments_reservation_fk");
  if (splitFaults.ignoresInbox) tables.payments.dropDefence("payments_reservation");
  return { reservations, payments };
}

function observerOf(
  config: OnsaleConfig,
  servers: ServiceRun["servers"],
  scheduler: Scheduler,
  { owner }: Stalls,
  ports: Pick<CoreContext, "ids" | "tokens" | "webhook">,
): ServiceCore {
  const clock = virtualClock(scheduler, owner);
  const log = loopChecker(() => undefined);
  const random = randomStreams(0)("observer");
  const { databaseChange, journal } = openSagaJournal();
  const open = (own: MemoryServers, change = databaseChange) =>
    openMemoryCore(config, own, { ...ports, clock, random, log, databaseChange: change }).core;
  const core = open(servers.reservations);
  const isSplit = servers.payments !== servers.reservations;
  const other = isSplit ? open(servers.payments, openSagaJournal().databaseChange) : core;
  const invariantReader = joinedReader({
    reservations: core.invariantReader,
    payments: other.invariantReader,
  });
  const ownJournal = isSplit ? journal : withoutSaga(journal);
  return { core: { ...core, invariantReader }, journal: ownJournal, faults: DESIGNED };
}

/** The service that reads the message, with the way to one of its processes. */
function receiverOf(
  { topic }: PublishedMessage,
  groups: { readonly reservations?: ServiceGroup; readonly payments?: ServiceGroup },
  streams: RandomStreams,
): Deliver | undefined {
  const isRequest = topic === `${TOPIC_PREFIXES.reservations}${REQUESTS}`;
  const isAnswer = topic.startsWith(TOPIC_PREFIXES.payments) && !topic.endsWith("point-account");
  const group = isRequest ? groups.payments : isAnswer ? groups.reservations : undefined;
  if (!group) return undefined;
  const apply: (service: ServiceCore, message: ServiceMessage) => Promise<void> = isRequest
    ? applyToPayments
    : applyToReservations;
  return async (message, copy, attempt) => {
    // Each attempt has faults of its own; otherwise a fault would repeat for ever.
    const random = streams(`${copy} at its receiver, attempt ${attempt}`);
    const actor = { name: copy, random, calls: 0 };
    try {
      const work = (service: ServiceCore) => apply(service, readMessage(message));
      return (await group.tryOnce(actor, work)) !== undefined;
    } catch (error) {
      // The message is delivered again. As designed, no message fails for such a reason.
      group.host.report(`${copy}: ${shownError(error)}`);
      return false;
    }
  };
}

/** Runs kills and stalls at the moments that the seed decides. */
export function scheduleServiceFaults(run: ServiceRun): void {
  const { streams, scheduler, groups, stalls, faults, hasFaults } = run;
  if (!hasFaults) return;
  const owner = { isAlive: true };
  for (let index = 1; index <= SCHEDULED_FAULTS; index += 1) {
    const random = streams(`scheduled fault ${index}`);
    const atMs = between(random, 0, SCHEDULED_UNTIL_MS);
    const isKill = random.next() < 0.5;
    const service = below(random, 2);
    const process = below(random, PROCESSES);
    const downMs = between(random, 1, DOWN_MS_MAX);
    const stallMs = between(random, 50, STALL_MS_MAX);
    const group = service === 0 ? groups.reservations : groups.payments;
    void scheduler.sleep(owner, atMs).then(() => {
      if (faults.areOver) return;
      if (isKill) group.kill(process, downMs);
      else stalls[service % stalls.length]?.begin("mysql", stallMs);
    });
  }
}
