import type { Cache } from "../../ports/cache.ts";

/** The cache of `CATALOG_CACHE=off`: every read loads its value from the source. */
export function noCache(): Cache {
  return {
    through: ({ load }) => load(),
    keep() {},
    find: () => Promise.resolve(undefined),
  };
}
