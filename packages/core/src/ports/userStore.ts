import type { Tx } from "./transaction.ts";

/** Users of the development issuer; in production another system knows them. */
export interface UserStore {
  insert(tx: Tx, name: string): Promise<number>;
}
