import { type ApiAnswer, type ApiRequest, openEndpoints } from "@onsale/api/endpoints";
import { type CoreContext, startWorker, type Worker } from "@onsale/core";
import { type MemoryServers, type OpenedMemoryCore, openMemoryCore } from "@onsale/core/memory";
import { between } from "../chance/seededRandom.ts";
import { type Actor, actAs } from "./actor.ts";
import type { Breakages } from "./breakages.ts";
import { loopChecker } from "./loopChecker.ts";
import type { LossAtPromotion } from "./lossAtPromotion.ts";
import { minuteScheduler } from "./minuteScheduler.ts";
import type { Mutant } from "./mutant.ts";
import { refusingPublisher } from "./refusingPorts.ts";
import { type RunPlan, type SeatLocking, skewMsOf } from "./runPlan.ts";
import { virtualRoutes } from "./scenario.ts";
import { virtualClock } from "./virtualClock.ts";
import { type Network, virtualLink } from "./virtualLink.ts";
import { verifyVirtualAccessToken } from "./virtualTokens.ts";

/** Reports a violation. */
export type ReportViolation = (check: "answers" | "keys" | "loops", message: string) => void;

/** The parts that all processes of a run share. */
export interface Installation {
  readonly servers: MemoryServers;
  /** The servers' clock. */
  readonly clock: CoreContext["clock"];
  readonly ports: Pick<CoreContext, "ids" | "tokens" | "webhook">;
  readonly atPromotion: LossAtPromotion;
  readonly breakages: Breakages;
}

/** The dependencies of a process that the run provides. */
export interface ProcessHost {
  readonly plan: RunPlan;
  readonly network: Network;
  readonly installation: Installation;
  readonly mutant?: Mutant | undefined;
  readonly seatLocking?: SeatLocking | undefined;
  readonly report: ReportViolation;
}

/**
 * One life of a process: the product's own workflows and loops, on a server link of its own. A
 * restart creates a new life.
 */
export class VirtualProcess {
  readonly name: string;
  readonly self: Actor;
  readonly core: CoreContext;
  /** The API's endpoints on this process's core. */
  readonly answer: (request: ApiRequest) => Promise<ApiAnswer>;
  readonly #opened: OpenedMemoryCore;
  readonly #onCrash: (downMs: number) => void;
  readonly #inFlight = new Set<() => void>();
  readonly #worker: Worker | undefined;
  #isAlive = true;

  /**
   * @param life the number of this life among those of the same process name, from 1
   * @param onCrash called once, with the time until the restart
   */
  constructor(name: string, life: number, host: ProcessHost, onCrash: (downMs: number) => void) {
    const { plan, network, installation, mutant, seatLocking, report } = host;
    const { streams, config, isCalm } = plan;
    const { servers, ports, atPromotion, breakages } = installation;
    this.name = name;
    this.#onCrash = onCrash;
    const fullName = life === 1 ? name : `${name}.${life}`;
    this.self = { name: fullName, random: streams(fullName), calls: 0 };
    const clock = virtualClock(network.scheduler, this, skewMsOf(plan, name));
    const ownLink = virtualLink(this, network);
    const link = mutant?.replaceLink?.(ownLink) ?? ownLink;
    const groups: Actor = {
      name: `groups@${fullName}`,
      random: streams(`groups of ${fullName}`),
      calls: 0,
    };
    this.#opened = openMemoryCore(config, servers, {
      ...ports,
      databaseChange: seatLocking?.databaseChange(),
      ...(seatLocking && { metrics: seatLocking.metrics }),
      link,
      lanes: {
        nextTurn: () => clock.sleep(between(groups.random, 0, plan.conditions.laneDelayMs)),
        asLane: (work) => actAs(groups, work),
      },
      clock,
      random: streams(`chance of ${fullName}`),
      scheduler: minuteScheduler(clock),
      log: loopChecker((message) => report("loops", `${name}: ${message}`), isCalm),
    });
    const { core: opened } = this.#opened;
    const core = breakages.coreOf(this, {
      ...opened,
      publisher: refusingPublisher(opened.publisher, network.faults),
      queue: atPromotion.queueOf(this, opened.queue),
    });
    this.core = mutant?.alter?.(core, servers, link) ?? core;
    this.answer = openEndpoints({
      core: this.core,
      config,
      routes: virtualRoutes,
      verifyAccessToken: verifyVirtualAccessToken,
    });
    if (name.startsWith("worker")) this.#worker = actAs(this.self, () => startWorker(this.core));
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /**
   * Crashes the process: none of its operations continues, and the servers roll back its
   * transactions.
   */
  crash(downMs: number): void {
    if (!this.#isAlive) return;
    this.#end();
    this.#onCrash(downMs);
  }

  #end(): void {
    this.#isAlive = false;
    this.#opened.sever();
    for (const breakOff of [...this.#inFlight]) breakOff();
    this.#inFlight.clear();
  }

  /**
   * Lets a worker finish its running iterations, and then ends the process. Requests that are still
   * open lose their answers. A crash ends the wait too.
   */
  async stop(): Promise<void> {
    const worker = this.#worker;
    if (worker && this.#isAlive) await this.serve(this.self, () => worker.stop());
    if (this.#isAlive) this.#end();
  }

  /** Serves a request. Returns `undefined` when the process crashed before the answer. */
  serve<T>(actor: Actor, work: (core: CoreContext) => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const breakOff = (): void => resolve(undefined);
      this.#inFlight.add(breakOff);
      const end = (): void => void this.#inFlight.delete(breakOff);
      actAs(actor, () => work(this.core)).then(
        (result) => {
          end();
          resolve(result);
        },
        (error: unknown) => {
          end();
          reject(error);
        },
      );
    });
  }
}
