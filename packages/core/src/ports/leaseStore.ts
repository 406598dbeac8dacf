/**
 * An owner's exclusive right to a named task for a limited time. The database's clock decides when
 * the lease expires. The epoch increases with each new owner, so that the database can refuse a
 * write of an earlier owner.
 */
export interface Lease {
  readonly name: string;
  readonly owner: string;
  readonly epoch: number;
}

export interface LeaseStore {
  /**
   * Acquires a free or expired lease, or renews the owner's lease.
   * @returns `undefined` while another owner has the lease
   */
  acquire(name: string, owner: string, ttlMs: number): Promise<Lease | undefined>;
  /** Releases the lease. Changes nothing when another owner has the lease. */
  release(lease: Lease): Promise<void>;
  /** Lists unexpired leases whose name starts with `namePrefix`, ordered by name. */
  list(namePrefix: string): Promise<readonly Lease[]>;
  /**
   * Deletes leases whose name starts with `namePrefix` and that expired more than `ageMs` ago. Use
   * this only for names that are never used again, because a later lease of the same name must
   * continue with the old epoch.
   * @returns the number of deleted leases
   */
  forget(namePrefix: string, ageMs: number): Promise<number>;
}
