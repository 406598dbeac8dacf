import type { Processes, ProcessRole } from "./runbook/incident.ts";
import { type ProcessHost, VirtualProcess } from "./virtualProcess.ts";

/**
 * The processes of a run. A crashed process is restarted after some time, as a supervisor does it.
 */
export class ProcessTable implements Processes {
  readonly #host: ProcessHost;
  readonly #names: readonly string[];
  readonly #living = new Map<string, VirtualProcess>();
  readonly #lives = new Map<string, number>();
  /** Processes that stay down until `release`. */
  readonly #held = new Set<string>();

  constructor(host: ProcessHost) {
    this.#host = host;
    const { apiProcesses, workers } = host.plan.scenario;
    const named = (role: string, count: number): string[] =>
      Array.from({ length: count }, (_unused, index) => `${role}-${index + 1}`);
    this.#names = [...named("api", apiProcesses), ...named("worker", workers)];
  }

  start(): void {
    for (const name of this.#names) this.#begin(name);
  }

  get apis(): readonly VirtualProcess[] {
    return [...this.#living.values()].filter(({ name }) => name.startsWith("api"));
  }

  kill(index: number, downMs: number): void {
    this.#living.get(this.#names[index] ?? "")?.crash(downMs);
  }

  hold(role: ProcessRole): void {
    for (const name of this.#namesOf(role)) {
      this.#held.add(name);
      this.#living.get(name)?.crash(0);
    }
  }

  release(role: ProcessRole): void {
    for (const name of this.#namesOf(role)) {
      if (this.#held.delete(name) && !this.#living.get(name)?.isAlive) this.#begin(name);
    }
  }

  async roll(role: ProcessRole): Promise<void> {
    for (const name of this.#namesOf(role)) {
      const life = this.#lives.get(name);
      await this.#living.get(name)?.stop();
      // Without this check a process that crashed while it stopped could start twice.
      if (this.#lives.get(name) === life) this.#begin(name);
    }
  }

  restart(role: ProcessRole): void {
    for (const name of this.#namesOf(role)) this.#living.get(name)?.crash(0);
  }

  /** Restarts every process that is down. */
  reviveAll(): void {
    for (const [name, process] of this.#living) if (!process.isAlive) this.#begin(name);
  }

  #namesOf(role: ProcessRole): readonly string[] {
    return this.#names.filter((name) => name.startsWith(role));
  }

  #begin(name: string): void {
    if (this.#held.has(name)) return;
    const life = (this.#lives.get(name) ?? 0) + 1;
    this.#lives.set(name, life);
    const process = new VirtualProcess(name, life, this.#host, (downMs) => {
      void this.#comeBack(name, life, downMs);
    });
    this.#living.set(name, process);
    this.#note(name, life === 1 ? "starts" : "starts again");
  }

  async #comeBack(name: string, life: number, downMs: number): Promise<void> {
    this.#note(name, `crashed; restarts in ${downMs} ms`);
    const { scheduler, stalls } = this.#host.network;
    await scheduler.sleep(stalls.owner, downMs);
    // Without this check the process would start twice, because `reviveAll` may have restarted it
    // meanwhile.
    if (this.#lives.get(name) === life) this.#begin(name);
  }

  #note(actor: string, text: string): void {
    const { trace, scheduler } = this.#host.network;
    if (trace.isKept) trace.add({ atMs: scheduler.elapsedMs, actor, kind: "note", text });
  }
}
