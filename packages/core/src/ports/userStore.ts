import type { Tx } from "./transaction.ts";

/** Users of the development token issuer. In production another system stores the users. */
export interface UserStore {
  insert(tx: Tx, name: string): Promise<number>;
}
