import type { SeededRandom } from "../chance/seededRandom.ts";
import type { Actor } from "./actor.ts";
import { below, between, namedStream } from "./prng.ts";

export type Server = "mysql" | "redis" | "kafka";

/** What becomes of one call. */
export type CallFate =
  /** The server never sees it; the caller learns that the connection broke. */
  | { readonly kind: "lost-request" }
  /** The server does it; the caller learns that the connection broke, a person after so long. */
  | { readonly kind: "lost-answer"; readonly ms: number }
  /** The caller learns that the connection broke; the server does it some time afterwards. */
  | { readonly kind: "late-request"; readonly ms: number }
  | { readonly kind: "slow-request"; readonly ms: number }
  | { readonly kind: "slow-answer"; readonly ms: number }
  /** The process dies before the server sees the call, or after the server did it. */
  | { readonly kind: "crash-before"; readonly downMs: number }
  | { readonly kind: "crash-after"; readonly downMs: number };

/** What happens to the world at a moment, ms after the sale opens. */
export type WorldFate = { readonly atMs: number } & (
  | { readonly kind: "redis-loss" }
  | { readonly kind: "stall"; readonly server: Server; readonly ms: number }
  | { readonly kind: "kill"; readonly processIndex: number; readonly downMs: number }
  | { readonly kind: "rewind"; readonly by: number }
);

/** How rough the weather of a run is. */
export interface Weather {
  /** The share of calls that meet a fate. */
  readonly callShare: number;
  readonly worldFates: number;
  /** Of the machines' clocks against each other, ms. */
  readonly skewMs: number;
}

const WEATHERS: readonly Weather[] = [
  { callShare: 0, worldFates: 0, skewMs: 0 },
  { callShare: 0, worldFates: 2, skewMs: 50 },
  { callShare: 0.002, worldFates: 2, skewMs: 50 },
  { callShare: 0.006, worldFates: 4, skewMs: 200 },
  { callShare: 0.02, worldFates: 6, skewMs: 200 },
];

/** The weather of a seed. */
export function weatherOf(seed: number): Weather {
  const random = namedStream(seed, "weather");
  const weather = WEATHERS[below(random, WEATHERS.length)];
  if (!weather) throw new RangeError("there is some weather");
  return weather;
}

/** A delay longer than the holds, leases, locks, admissions and polls of a virtual sale. */
const LONG_MS = 12_000;
const SHORT_MS = 400;
/** How long a process stays away: shorter and longer than its leases. */
const DOWN_MS_MAX = 6_000;
/** The faults of the world fall into the time in which buyers come and buy. */
const FAULTS_UNTIL_MS = 15_000;

/** The faults of one run: which there are depends on the seed alone, not on the order of steps. */
export class Faults {
  readonly world: readonly (WorldFate & { readonly id: string })[];
  /** Those that came true, in order; what a smaller run may leave out. */
  readonly happened: string[] = [];
  readonly #share: number;
  readonly #only: ReadonlySet<string> | undefined;
  #over = false;

  /** @param only the ids that may happen; all when left out */
  constructor(seed: number, weather: Weather, processes: number, only?: ReadonlySet<string>) {
    this.#share = weather.callShare;
    this.#only = only;
    const random = namedStream(seed, "world");
    const all = Array.from({ length: weather.worldFates }, (_unused, index) => ({
      ...worldFate(random, processes),
      id: `world#${index + 1}`,
    }));
    this.world = all.sort((one, other) => one.atMs - other.atMs);
  }

  /** From now on nothing breaks any more. */
  stop(): void {
    this.#over = true;
  }

  /** Whether the fault may come true; one that may not still takes its place in the order. */
  allows(id: string): boolean {
    return this.#only?.has(id) ?? true;
  }

  get areOver(): boolean {
    return this.#over;
  }

  /**
   * The fate of the actor's next call, if it has one.
   * @param canCrash the caller is a process, not a person
   */
  fateOf(actor: Actor, canCrash: boolean): CallFate | undefined {
    actor.calls += 1;
    if (this.#share === 0 || actor.random.next() >= this.#share) return undefined;
    const fate = callFate(actor.random, canCrash);
    const id = callName(actor, actor.calls);
    if (this.#over || !this.allows(id)) return undefined;
    this.happened.push(id);
    return fate;
  }
}

/** The name of the actor's n-th call. */
export function callName({ key, name }: Actor, nth: number): string {
  return `${key ?? name}#${nth}`;
}

/** Always draws as often, so that leaving a fault out shifts no other. */
function callFate(random: SeededRandom, canCrash: boolean): CallFate {
  const kind = random.next();
  const isLong = random.next() < 0.3;
  const ms = Math.round(between(random, 1, isLong ? LONG_MS : SHORT_MS));
  const downMs = Math.round(between(random, 1, DOWN_MS_MAX));
  if (kind < 0.2) return { kind: "lost-request" };
  if (kind < 0.4) return { kind: "lost-answer", ms };
  if (kind < 0.5) return { kind: "late-request", ms };
  if (kind < 0.7) return { kind: "slow-request", ms };
  if (kind < 0.8 || !canCrash) return { kind: "slow-answer", ms };
  return { kind: kind < 0.9 ? "crash-before" : "crash-after", downMs };
}

function worldFate(random: SeededRandom, processes: number): WorldFate {
  const atMs = Math.round(between(random, 0, FAULTS_UNTIL_MS));
  const kind = random.next();
  const server = (["mysql", "redis", "kafka"] as const)[below(random, 3)] ?? "mysql";
  const ms = Math.round(between(random, 50, LONG_MS));
  const processIndex = below(random, processes);
  if (kind < 0.3) return { kind: "redis-loss", atMs };
  if (kind < 0.55) return { kind: "stall", atMs, server, ms };
  if (kind < 0.8) return { kind: "kill", atMs, processIndex, downMs: Math.min(ms, DOWN_MS_MAX) };
  return { kind: "rewind", atMs, by: 1 + below(random, 20) };
}
