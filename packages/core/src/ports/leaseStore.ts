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
  /** Unexpired leases whose names begin so. */
  list(namePrefix: string): Promise<readonly Lease[]>;
}
