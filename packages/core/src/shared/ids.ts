import { v7 } from "uuid";

/** Unique names for messages and owners; a simulation gives reproducible ones. */
export interface Ids {
  /** A UUID; version 7, so that indexes grow at their end. */
  uuid(): string;
}

/** UUIDs of version 7 (RFC 9562). */
export const systemIds: Ids = { uuid: () => v7() };
