/**
 * The right to do something for a limited time, by the database's clock. The epoch increases with
 * each new owner, so that a write of an earlier owner can be refused.
 */
export interface Lease {
  readonly name: string;
  readonly owner: string;
  readonly epoch: number;
}

export interface LeaseStore {
  /**
   * Takes a free or expired lease, or renews the owner's. @returns `undefined` while another has it
   */
  acquire(name: string, owner: string, ttlMs: number): Promise<Lease | undefined>;
  /** Releases the lease; changes nothing when another owner has it. */
  release(lease: Lease): Promise<void>;
  /** Unexpired leases with this prefix of the name, by name. */
  list(namePrefix: string): Promise<readonly Lease[]>;
  /**
   * Deletes leases with this prefix that expired more than `ageMs` ago. Only for names that are
   * never used again, because a later lease of the same name must continue with the old epoch.
   * @returns how many
   */
  forget(namePrefix: string, ageMs: number): Promise<number>;
}
