import { v7 } from "uuid";

/** Makes unique names for messages and owners. A simulation makes reproducible names. */
export interface Ids {
  /** A UUID of version 7: it begins with the time, so an index grows at its end. */
  uuid(): string;
}

/** UUIDs of version 7 (RFC 9562). */
export const systemIds: Ids = { uuid: () => v7() };
