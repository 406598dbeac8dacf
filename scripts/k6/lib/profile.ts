/** A part of a scenario: the number of users goes from that of the stage before to `users`. */
export interface LoadStage {
  readonly seconds: number;
  readonly users: number;
}

/** The profile `smoke` shows that a script works. It divides users and durations by these. */
const SMOKE_USERS_DIVISOR = 20;
const SMOKE_SECONDS_DIVISOR = 15;
const SMOKE_USERS_MIN = 5;
const SMOKE_SECONDS_MIN = 2;

const profile = __ENV.K6_PROFILE ?? "smoke";
if (profile !== "smoke" && profile !== "full") {
  throw new Error(`K6_PROFILE is "${profile}"; it must be smoke or full`);
}

/** Whether the scenario runs with all of its users and in its whole length. */
export const isFull = profile === "full";

/** The stages in the size of the profile. */
export function inProfile(stages: readonly LoadStage[]): readonly LoadStage[] {
  if (isFull) return stages;
  return stages.map(({ seconds, users }) => ({
    seconds: Math.max(SMOKE_SECONDS_MIN, Math.round(seconds / SMOKE_SECONDS_DIVISOR)),
    users: users === 0 ? 0 : usersInProfile(users),
  }));
}

/** A number of users in the size of the profile. */
export function usersInProfile(users: number): number {
  return isFull ? users : Math.max(SMOKE_USERS_MIN, Math.round(users / SMOKE_USERS_DIVISOR));
}
