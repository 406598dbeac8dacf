import type { VirtualScenario } from "./scenario.ts";
import { type ProcessWorld, VirtualProcess } from "./virtualProcess.ts";

/** The processes of a run: who dies comes back after a while, as a supervisor would have it. */
export class ProcessTable {
  readonly #world: ProcessWorld;
  readonly #names: readonly string[];
  readonly #living = new Map<string, VirtualProcess>();
  readonly #lives = new Map<string, number>();

  constructor({ apiProcesses, workers }: VirtualScenario, world: ProcessWorld) {
    this.#world = world;
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

  /** Nobody stays away any longer. */
  reviveAll(): void {
    for (const [name, process] of this.#living) if (!process.isAlive) this.#begin(name);
  }

  #begin(name: string): void {
    const life = (this.#lives.get(name) ?? 0) + 1;
    this.#lives.set(name, life);
    const role = name.startsWith("api") ? "api" : "worker";
    const process = new VirtualProcess(name, life, role, this.#world, (downMs) => {
      void this.#comeBack(name, life, downMs);
    });
    this.#living.set(name, process);
    this.#note(name, life === 1 ? "starts" : "starts again");
  }

  async #comeBack(name: string, life: number, downMs: number): Promise<void> {
    this.#note(name, `is dead for ${downMs} ms`);
    await this.#world.scheduler.sleep(this.#world.stalls.owner, downMs);
    // Somebody may have revived it meanwhile.
    if (this.#lives.get(name) === life) this.#begin(name);
  }

  #note(actor: string, text: string): void {
    const { trace, scheduler } = this.#world;
    if (trace.isKept) trace.add({ atMs: scheduler.elapsedMs, actor, kind: "note", text });
  }
}
