import type { Tx, TxOrNone } from "./transaction.ts";

/** A person as an issuer of access tokens names it. */
export interface Subject {
  /** The required `iss` of access tokens, or "" where none is required. */
  readonly issuer: string;
  /** The `sub` of the token: 1 to 255 characters of ASCII. */
  readonly subject: string;
}

/** The users that this product knows. In production another system stores the users. */
export interface UserStore {
  /** Inserts a user of the development token issuer. @returns the id */
  insert(tx: Tx, name: string): Promise<number>;
  /** Returns the user of a subject; undefined before the first login. */
  findSubject(tx: TxOrNone, subject: Subject): Promise<number | undefined>;
  /** Records the user of a subject, unless the subject has a user. */
  insertSubject(tx: Tx, subject: Subject, userId: number): Promise<void>;
}
