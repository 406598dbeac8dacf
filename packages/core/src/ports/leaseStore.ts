/** A time-bounded right, by the database's clock, with an epoch that fences late owners. */
export interface Lease {
  readonly name: string;
  readonly owner: string;
  readonly epoch: number;
}

export interface LeaseStore {
  /** Takes a free or expired lease, or renews one's own; `undefined` while another holds it. */
  acquire(name: string, owner: string, ttlMs: number): Promise<Lease | undefined>;
  /** Gives the lease back; nothing happens when it is no longer one's own. */
  release(lease: Lease): Promise<void>;
  /** Unexpired leases whose names begin so, by name. */
  list(namePrefix: string): Promise<readonly Lease[]>;
  /**
   * Forgets leases whose names begin so and that ran out more than `ageMs` ago. Only for names that
   * never come back: a name that is taken again must go on with its old epoch.
   */
  forget(namePrefix: string, ageMs: number): Promise<number>;
}
