import { CoreError } from "@onsale/core";
import { below, between } from "../chance/seededRandom.ts";
import type { Actor } from "../virtual/actor.ts";
import type { ServiceCore } from "./serviceCore.ts";
import { type ServiceHost, ServiceProcess } from "./serviceProcess.ts";

/** Pause of a caller before it asks again, ms. */
const AGAIN_MS_MIN = 50;
const AGAIN_MS_MAX = 300;

/** The processes of one service. A crashed process is restarted, as a supervisor does it. */
export class ServiceGroup {
  readonly host: ServiceHost;
  readonly #names: readonly string[];
  readonly #living = new Map<string, ServiceProcess>();
  readonly #lives = new Map<string, number>();

  constructor(host: ServiceHost, processes: number) {
    this.host = host;
    this.#names = Array.from({ length: processes }, (_unused, at) => `${host.name}-${at + 1}`);
  }

  start(): void {
    for (const name of this.#names) this.#begin(name);
  }

  /** Starts all processes that are down. */
  reviveAll(): void {
    for (const name of this.#names) if (!this.#living.has(name)) this.#begin(name);
  }

  kill(index: number, downMs: number): void {
    this.#living.get(this.#names[index % this.#names.length] ?? "")?.crash(downMs);
  }

  /** Lets one process do the work. Returns undefined when no process did it. */
  async tryOnce<T>(
    actor: Actor,
    work: (service: ServiceCore) => Promise<T>,
  ): Promise<{ readonly value: T } | undefined> {
    const living = [...this.#living.values()];
    const process = living[below(actor.random, Math.max(1, living.length))];
    if (!process) return undefined;
    try {
      return await process.serve(actor, work);
    } catch (error) {
      if (error instanceof CoreError && !error.retryable) throw error;
      if (error instanceof CoreError) return undefined;
      throw error;
    }
  }

  /**
   * Repeats the request until a process answers.
   * @throws the refusal of the service
   */
  async ask<T>(actor: Actor, work: (service: ServiceCore) => Promise<T>): Promise<T> {
    const { scheduler, stalls } = this.host.network;
    for (;;) {
      const answer = await this.tryOnce(actor, work);
      if (answer) return answer.value;
      await scheduler.sleep(stalls.owner, between(actor.random, AGAIN_MS_MIN, AGAIN_MS_MAX));
    }
  }

  #begin(name: string): void {
    const life = (this.#lives.get(name) ?? 0) + 1;
    this.#lives.set(name, life);
    const process = new ServiceProcess(name, life, this.host, (downMs) => {
      this.#living.delete(name);
      void this.#restart(name, life, downMs);
    });
    this.#living.set(name, process);
  }

  async #restart(name: string, life: number, downMs: number): Promise<void> {
    const { scheduler, stalls } = this.host.network;
    await scheduler.sleep(stalls.owner, downMs);
    if (this.#lives.get(name) === life) this.#begin(name);
  }
}
