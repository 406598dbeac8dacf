import type { CoreContext } from "../ports/coreContext.ts";
import type { Lease } from "../ports/leaseStore.ts";
import type { Tx } from "../ports/transaction.ts";
import { JobRunningError, RunLostError } from "./errors.ts";
import type { Change } from "./operation.ts";

/** One lease for each target that a run changes. */
export const OPERATION_LEASE_PREFIX = "operation:";

/** A run renews its lease with every step; a dead run blocks its target this long. */
export const LEASE_MS = 10_000;
const LEASE_POLL_MS = 250;
/** After this wait, the lease of a run that died has expired. */
export const LEASE_WAIT_MS_MAX = LEASE_MS + LEASE_POLL_MS;

/** The lease of a target; a renewal replaces it. */
export interface HeldLease {
  lease: Lease;
}

/**
 * Takes the lease of the change's target, does the work, and releases the lease.
 * @param waitMs how long to wait while another run has the lease
 * @throws JobRunningError
 */
export async function underTargetLease<T>(
  core: CoreContext,
  change: Change,
  waitMs: number,
  work: (held: HeldLease) => Promise<T>,
): Promise<T> {
  const held = { lease: await acquire(core, change, waitMs) };
  try {
    return await work(held);
  } finally {
    // The lease expires by itself when the database does not answer.
    await core.leases.release(held.lease).catch(() => undefined);
  }
}

/** Whether a run has the lease of the target at this moment. */
export async function isLeased(core: CoreContext, target: string): Promise<boolean> {
  const name = `${OPERATION_LEASE_PREFIX}${target}`;
  return (await core.leases.list(name)).some((lease) => lease.name === name);
}

async function acquire(core: CoreContext, change: Change, waitMs: number): Promise<Lease> {
  const target = change.target();
  const owner = core.ids.uuid();
  const untilMs = core.clock.monotonicMs() + waitMs;
  for (;;) {
    const lease = await core.leases.acquire(`${OPERATION_LEASE_PREFIX}${target}`, owner, LEASE_MS);
    if (lease) return lease;
    if (core.clock.monotonicMs() >= untilMs) throw new JobRunningError(change.operation, target);
    await core.clock.sleep(LEASE_POLL_MS);
  }
}

/** A run that has the lease of its target. */
export interface LeasedRun {
  readonly held: HeldLease;
  readonly job: { readonly id: string };
  readonly leaseMs: number;
}

/**
 * Renews the lease. A step of many rows can take longer than the lease: a lease that expired is
 * taken again, if no other run has had it since. Each taking raises the epoch by one.
 * @throws RunLostError
 */
export async function renewLease(core: CoreContext, run: LeasedRun): Promise<void> {
  const { name, owner, epoch } = run.held.lease;
  const renewed = await core.leases.acquire(name, owner, run.leaseMs);
  if (renewed && renewed.epoch <= epoch + 1) {
    run.held.lease = renewed;
    return;
  }
  // This run has taken the lease again after another run, and would block the target.
  if (renewed) await core.leases.release(renewed).catch(() => undefined);
  throw new RunLostError(run.job.id);
}

/** Locks the lease until COMMIT. @throws RunLostError when the run does not have it any more */
export async function requireLease(core: CoreContext, tx: Tx, run: LeasedRun): Promise<void> {
  const isHeld = await core.operations.lockLease(tx, run.held.lease);
  if (!isHeld) throw new RunLostError(run.job.id);
}
