/** How a request ended: with a status, without an answer, or with an answer that the test lost. */
export type RequestEnd = number | "failed" | "lost";

/** A `fetch` that counts requests, and that can lose answers. */
export interface WatchedFetch {
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Loses the answers of the next requests for this path, after the API has answered. */
  lose(path: string, count: number): void;
  /** The headers of the requests for this path so far. */
  requests(path: string): readonly Headers[];
  /** Resolves when so many requests for this path have ended in this way. */
  until(path: string, end: RequestEnd, count?: number): Promise<void>;
}

/** Creates a `fetch` over the real one. */
export function watchedFetch(): WatchedFetch {
  const seen: { readonly path: string; readonly headers: Headers }[] = [];
  const ends: { readonly path: string; readonly end: RequestEnd }[] = [];
  const waiting = new Set<() => void>();
  const losses = new Map<string, number>();

  function note(path: string, end: RequestEnd): void {
    ends.push({ path, end });
    for (const look of waiting) look();
  }

  return {
    async fetch(url, init) {
      const path = new URL(url).pathname.replace("/api/v1", "");
      seen.push({ path, headers: new Headers(init.headers) });
      let response: Response;
      try {
        response = await fetch(url, init);
      } catch (error) {
        note(path, "failed");
        throw error;
      }
      const left = losses.get(path) ?? 0;
      if (left === 0) {
        note(path, response.status);
        return response;
      }
      losses.set(path, left - 1);
      await response.text();
      note(path, "lost");
      throw new TypeError("The answer was lost");
    },
    lose: (path, count) => void losses.set(path, count),
    requests: (path) => seen.flatMap((one) => (one.path === path ? [one.headers] : [])),
    until: (path, end, count = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = ends.filter((one) => one.path === path && one.end === end);
          if (found.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}
