/** A received event. `data` is parsed JSON. */
export interface ReceivedEvent {
  readonly name: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface EventReader {
  readonly status: number;
  readonly headers: Headers;
  /** Returns the next event; undefined when the stream has ended. Leaves out comments. */
  next(): Promise<ReceivedEvent | undefined>;
  /** Returns everything that was received, comments too. */
  text(): string;
  close(): Promise<void>;
}

/** Opens a stream of Server-Sent Events. */
export async function readEvents(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<EventReader> {
  const stopping = new AbortController();
  const response = await fetch(url, { headers, signal: stopping.signal });
  const chunks = response.body?.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  let all = "";
  let unread = "";

  async function nextBlock(): Promise<string | undefined> {
    for (;;) {
      const end = unread.indexOf("\n\n");
      if (end >= 0) {
        const block = unread.slice(0, end);
        unread = unread.slice(end + 2);
        return block;
      }
      const chunk = await chunks?.next();
      if (!chunk || chunk.done) return undefined;
      all += chunk.value;
      unread += chunk.value;
    }
  }

  return {
    status: response.status,
    headers: response.headers,
    text: () => all,
    async next() {
      for (let block = await nextBlock(); block !== undefined; block = await nextBlock()) {
        const fields = new Map(
          block.split("\n").map((line) => {
            const colon = line.indexOf(":");
            return [line.slice(0, colon), line.slice(colon + 1)] as const;
          }),
        );
        const name = fields.get("event");
        if (name === undefined) continue;
        const id = fields.get("id") ?? "";
        return { name, id, data: JSON.parse(fields.get("data") ?? "{}") };
      }
      return undefined;
    },
    async close() {
      stopping.abort();
      await chunks?.next().catch(() => {});
    },
  };
}
