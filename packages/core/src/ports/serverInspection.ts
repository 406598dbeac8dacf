/** How a setting bears on the product: `wrong` can break a promise, `note` is worth knowing. */
export type SettingVerdict = "ok" | "note" | "wrong";

export interface InspectedSetting {
  readonly name: string;
  readonly value: string;
  readonly verdict: SettingVerdict;
  /** Why it matters, and what it should be. */
  readonly why: string;
}

/** One server as a single visit saw it. */
export interface ServerInspection {
  readonly server: "mysql" | "redis" | "kafka";
  readonly reachable: boolean;
  /** Why not, without secrets; undefined while reachable. */
  readonly reason?: string | undefined;
  /** Such as "MariaDB 10.11.6" or "Redis 7.0.15". */
  readonly version?: string | undefined;
  readonly roundTripMs?: number | undefined;
  /** The server's clock minus this process's, ms, give or take half the round trip. */
  readonly clockSkewMs?: number | undefined;
  readonly settings: readonly InspectedSetting[];
}
