import type { Buyer } from "./buyer.ts";
import type { Sale } from "./sale.ts";

/** The data that the invalid requests refer to. */
export interface BadCaseFixture {
  readonly sale: Sale;
  readonly active: Buyer;
  readonly waiting: Buyer;
  readonly strangersReservation: number;
  readonly adminToken: string;
  /** Trusted mode: a header of the gateway names the user, instead of an access token. */
  readonly trusted: boolean;
}

/** A request that would be valid; each case makes one part of it invalid. */
export interface Template {
  readonly params: Readonly<Record<string, number | string>>;
  /** The field of the path is a name, so that most texts are valid. */
  readonly namedByText?: true;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Fields of the body that hold an id or an amount. */
  readonly numbers?: readonly string[];
  readonly required?: readonly string[];
  /** The answers to an id that does not exist. */
  readonly unknown?: readonly { what: string; body?: object; id?: number; wanted: Wanted }[];
}

/** Status and code. */
export type Wanted = readonly [number, string];

/** Templates by the id of the operation. */
export type Templates = Readonly<Record<string, Template>>;
