import type { BackgroundLoop, CoreContext, OnsaleConfig } from "@onsale/core";
import { backgroundLoop, outboxRelay, ROUND_MS_MIN, releaseExpiredHolds } from "@onsale/core";
import { type MemoryServers, openMemoryCore, type ServerLink } from "@onsale/core/memory";
import type { RandomStreams } from "../chance/seededRandom.ts";
import { type Actor, actAs, currentActor } from "../virtual/actor.ts";
import { loopChecker } from "../virtual/loopChecker.ts";
import { minuteScheduler } from "../virtual/minuteScheduler.ts";
import { virtualClock } from "../virtual/virtualClock.ts";
import { type LinkOwner, type Network, virtualLink } from "../virtual/virtualLink.ts";
import { type MessageNetwork, networkPublisher } from "./messageNetwork.ts";
import { countedDatabase, type PaymentWork } from "./paymentWork.ts";
import { openSagaJournal, withoutSaga } from "./sagaJournal.ts";
import type { ServiceCore } from "./serviceCore.ts";
import type { SplitFaults } from "./split.ts";

/** The parts that all processes of a service share. */
export interface ServiceHost {
  readonly name: string;
  readonly config: OnsaleConfig;
  readonly streams: RandomStreams;
  /** The network of this service with its database. A stall of one database leaves the other. */
  readonly network: Network;
  readonly servers: MemoryServers;
  readonly messages: MessageNetwork;
  readonly ports: Pick<CoreContext, "ids" | "tokens" | "webhook">;
  readonly isSplit: boolean;
  readonly faults: SplitFaults;
  /** Called after each COMMIT. */
  readonly onCommit: () => void;
  readonly work: PaymentWork;
  /** Reports an error that no fault explains. */
  readonly report: (message: string) => void;
  readonly isCalm: boolean;
}

/** Pause of a loop after a failed iteration, as in the product's worker. */
const FAILURE_MS = 1_000;

/** One life of a process of a service. It serves requests and messages, and runs the loops. */
export class ServiceProcess implements LinkOwner {
  readonly self: Actor;
  readonly service: ServiceCore;
  readonly #sever: () => void;
  readonly #onCrash: (downMs: number) => void;
  readonly #inFlight = new Set<() => void>();
  readonly #relay: BackgroundLoop;
  #isAlive = true;

  constructor(name: string, life: number, host: ServiceHost, onCrash: (downMs: number) => void) {
    const { streams, network, servers, ports, config, report, isCalm } = host;
    const fullName = life === 1 ? name : `${name}.${life}`;
    this.#onCrash = onCrash;
    this.self = { name: fullName, random: streams(fullName), calls: 0 };
    const clock = virtualClock(network.scheduler, this);
    const link = observed(virtualLink(this, network), host.onCommit);
    const { databaseChange, journal } = openSagaJournal((db) =>
      countedDatabase(db, (kind) => host.work.count(currentActor() ?? this.self, kind)),
    );
    const opened = openMemoryCore(config, servers, {
      ...{ ...ports, link, clock, databaseChange },
      random: streams(`chance of ${fullName}`),
      scheduler: minuteScheduler(clock),
      log: loopChecker((message) => report(`${name}: ${message}`), isCalm),
    });
    this.#sever = opened.sever;
    const publisher = networkPublisher(host.messages, (work) =>
      link.call("kafka", "broker.publish", work),
    );
    const core = { ...opened.core, publisher };
    const own = host.isSplit ? journal : withoutSaga(journal);
    this.service = { core, journal: own, faults: host.faults };
    this.#relay = this.#loops(core);
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  #loops(core: CoreContext): BackgroundLoop {
    const loop = (name: string, idleMs: number, runOnce: () => Promise<boolean>, floorMs = 0) =>
      backgroundLoop({
        ...{ name, clock: core.clock, idleMs, failureMs: FAILURE_MS, runOnce },
        intervalMinMs: floorMs,
        onError(error) {
          const reason = error instanceof Error ? error.message : String(error);
          core.log.warn({ event: "loop.iteration_failed", loop: name, reason }, "A loop failed");
        },
      });
    const { runOnce } = outboxRelay(core);
    const relay = loop("outbox-relay", core.config.outbox.pollMs, runOnce, ROUND_MS_MIN);
    const expiry = loop("hold-expiry", core.config.hold.sweepMs, async () => {
      if ((await releaseExpiredHolds(core)) > 0) relay.nudge();
      return false;
    });
    actAs(this.self, () => {
      relay.start();
      expiry.start();
    });
    return relay;
  }

  /** Crashes the process: its transactions are rolled back, and its requests get no answer. */
  crash(downMs: number): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#sever();
    for (const breakOff of [...this.#inFlight]) breakOff();
    this.#inFlight.clear();
    this.#onCrash(downMs);
  }

  /** Serves a request or a message. Returns `undefined` when the process crashed meanwhile. */
  serve<T>(
    actor: Actor,
    work: (service: ServiceCore) => Promise<T>,
  ): Promise<{ readonly value: T } | undefined> {
    return new Promise((resolve, reject) => {
      const breakOff = (): void => resolve(undefined);
      this.#inFlight.add(breakOff);
      actAs(actor, () => work(this.service)).then(
        (value) => {
          this.#inFlight.delete(breakOff);
          this.#relay.nudge();
          resolve({ value });
        },
        (error: unknown) => {
          this.#inFlight.delete(breakOff);
          reject(error);
        },
      );
    });
  }
}

/** Calls `onCommit` when the database has committed, also for a COMMIT whose answer is lost. */
function observed(link: ServerLink, onCommit: () => void): ServerLink {
  return {
    call(server, point, work) {
      if (point !== "commit") return link.call(server, point, work);
      return link.call(server, point, async () => {
        const result = await work();
        onCommit();
        return result;
      });
    },
  };
}
