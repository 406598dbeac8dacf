import { type ApiAnswer, type ApiRequest, openEndpoints } from "@onsale/api/endpoints";
import { type CoreContext, type OnsaleConfig, startWorker } from "@onsale/core";
import {
  type MemoryServers,
  type OpenedMemoryCore,
  openMemoryCore,
  type ServerLink,
} from "@onsale/core/memory";
import { type Actor, actAs } from "./actor.ts";
import { loopChecker } from "./loopChecker.ts";
import { minuteScheduler } from "./minuteScheduler.ts";
import { namedStream } from "./prng.ts";
import { virtualRoutes } from "./scenario.ts";
import { virtualClock } from "./virtualClock.ts";
import { type Network, virtualLink } from "./virtualLink.ts";
import { verifyVirtualAccessToken } from "./virtualTokens.ts";

/** What every process of a run is made with. */
export interface ProcessWorld extends Network {
  readonly seed: number;
  readonly config: OnsaleConfig;
  readonly servers: MemoryServers;
  readonly ids: CoreContext["ids"];
  readonly tokens: CoreContext["tokens"];
  readonly webhook: CoreContext["webhook"];
  /** No fault happens. */
  readonly isCalm: boolean;
  /** How far this process's clock is ahead, ms. */
  skewOf(process: string): number;
  /** Change the link and the ports of each process; for tests that plant faults in the product. */
  readonly replaceLink?: ((link: ServerLink) => ServerLink) | undefined;
  readonly alter?: ((core: CoreContext, link: ServerLink) => CoreContext) | undefined;
  /** Something happened that must never happen. */
  found(check: "loops", message: string): void;
}

/** One life of a process: the product's own workflows and loops over a link of its own. */
export class VirtualProcess {
  readonly name: string;
  readonly self: Actor;
  readonly core: CoreContext;
  /** The API's endpoints on this process's core. */
  readonly answer: (request: ApiRequest) => Promise<ApiAnswer>;
  readonly #opened: OpenedMemoryCore;
  readonly #onCrash: (downMs: number) => void;
  readonly #inFlight = new Set<() => void>();
  #isAlive = true;

  /**
   * @param life counts the lives of this name from 1
   * @param onCrash is told once, with how long the process stays away
   */
  constructor(
    name: string,
    life: number,
    role: "api" | "worker",
    world: ProcessWorld,
    onCrash: (downMs: number) => void,
  ) {
    this.name = name;
    this.#onCrash = onCrash;
    const fullName = life === 1 ? name : `${name}.${life}`;
    this.self = { name: fullName, random: namedStream(world.seed, fullName), calls: 0 };
    const clock = virtualClock(world.scheduler, this, world.skewOf(name));
    const ownLink = virtualLink(this, world);
    const link = world.replaceLink ? world.replaceLink(ownLink) : ownLink;
    this.#opened = openMemoryCore(world.config, world.servers, {
      link,
      clock,
      random: namedStream(world.seed, `chance of ${fullName}`),
      ids: world.ids,
      tokens: world.tokens,
      webhook: world.webhook,
      scheduler: minuteScheduler(clock),
      log: loopChecker((message) => world.found("loops", `${name}: ${message}`), world.isCalm),
    });
    this.core = world.alter ? world.alter(this.#opened.core, link) : this.#opened.core;
    this.answer = openEndpoints({
      core: this.core,
      config: world.config,
      routes: virtualRoutes,
      verifyAccessToken: verifyVirtualAccessToken,
    });
    if (role === "worker") actAs(this.self, () => startWorker(this.core));
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Dies without a word: nothing of it goes on, and the servers end what it had open. */
  crash(downMs: number): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#opened.sever();
    for (const breakOff of [...this.#inFlight]) breakOff();
    this.#inFlight.clear();
    this.#onCrash(downMs);
  }

  /** Works on a request; `undefined` when the process died over it. */
  serve<T>(actor: Actor, work: (core: CoreContext) => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const breakOff = (): void => resolve(undefined);
      this.#inFlight.add(breakOff);
      actAs(actor, () => work(this.core))
        .finally(() => this.#inFlight.delete(breakOff))
        .then(resolve, reject);
    });
  }
}
