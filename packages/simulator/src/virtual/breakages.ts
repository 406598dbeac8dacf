import type { CoreContext } from "@onsale/core";

/** A call of a background loop, at which the loop can hang. */
export type HangingCall = "promotion" | "hold-expiry";

/**
 * Makes loops hang, as a defect of a deployed version does it: a worker whose loop reaches the call
 * hangs there until the process ends. `mend` repairs processes that start later.
 */
export interface Breakages {
  hang(call: HangingCall): void;
  mend(call: HangingCall): void;
  /** Returns the core of a process, whose calls can hang. */
  coreOf(process: { readonly name: string }, core: CoreContext): CoreContext;
}

const never = (): Promise<never> => new Promise(() => undefined);

export function breakages(): Breakages {
  const broken = new Set<HangingCall>();
  return {
    hang: (call) => void broken.add(call),
    mend: (call) => void broken.delete(call),
    coreOf: ({ name }, core) =>
      !name.startsWith("worker")
        ? core
        : {
            ...core,
            queue: {
              ...core.queue,
              promote: (...args) =>
                broken.has("promotion") ? never() : core.queue.promote(...args),
            },
            reservations: {
              ...core.reservations,
              lockOverdue: (...args) =>
                broken.has("hold-expiry") ? never() : core.reservations.lockOverdue(...args),
            },
          },
  };
}
