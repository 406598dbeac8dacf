import type { CoreContext } from "@onsale/core";

/** UUIDs in the form of version 7, made from a counter instead of random bits. */
export function virtualIds(): CoreContext["ids"] {
  let count = 0;
  return {
    uuid() {
      count += 1;
      return `00000000-0000-7000-8000-${String(count).padStart(12, "0")}`;
    },
  };
}
