import { v7 } from "uuid";

/** Makes unique names for messages and owners. A simulation makes reproducible names. */
export interface Ids {
  /**
   * Returns a UUID of version 7. It begins with the time, so new rows are inserted at the end of an
   * index.
   */
  uuid(): string;
}

/** UUIDs of version 7 (RFC 9562). */
export const systemIds: Ids = { uuid: () => v7() };
