/** The input of each client. */
export interface Visit {
  /** The address of the API, without its prefix. */
  readonly url: string;
  readonly signal: AbortSignal;
  /** To be called when the client has shown its place: until then the queue admits no buyer. */
  admit(): Promise<void>;
}
