import type { QueueTicket } from "@onsale/core";

/** An answer without the details of HTTP. */
export interface EndpointAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as JSON, as text or in UTF-8; undefined for an answer without a body. */
  readonly body: string | Buffer | undefined;
  /** The place whose events follow the headers. The caller of `runEndpoint` sends them. */
  readonly follow?: QueueTicket;
}
