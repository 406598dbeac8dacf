import type { CoreContext } from "@onsale/core";

/** UUIDs of version 7 in form, counted instead of drawn. */
export function virtualIds(): CoreContext["ids"] {
  let count = 0;
  return {
    uuid() {
      count += 1;
      return `00000000-0000-7000-8000-${String(count).padStart(12, "0")}`;
    },
  };
}
