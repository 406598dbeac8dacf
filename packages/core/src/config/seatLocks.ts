/** The values of SEAT_LOCK. With each of them the database decides which buyer gets a seat. */
export const SEAT_LOCKS = [
  "conditional",
  "simple",
  "redlock",
  "semaphore",
  "spin",
  "pubsub",
] as const;

export type SeatLockName = (typeof SEAT_LOCKS)[number];

/** The strategies that only the study of locks runs, and why no sale should. */
const STUDIED: Readonly<Record<string, string>> = {
  none: "sells seats twice",
  "pessimistic-read": "deadlocks",
  pessimistic: "makes buyers wait for row locks",
  optimistic: "repeats whole transactions",
};

/** Explains why a strategy of the study is no value of the setting. */
export function refusalOfStudied(input: unknown): string | undefined {
  if (typeof input !== "string" || !Object.hasOwn(STUDIED, input)) return undefined;
  return (
    `${input} ${STUDIED[input]} and runs only in onsale sim locks; ` +
    `use one of ${SEAT_LOCKS.join(", ")}`
  );
}
