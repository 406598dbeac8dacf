/** `wrong`: the setting can break a guarantee; `note`: an operator should know it. */
export type SettingVerdict = "ok" | "note" | "wrong";

export interface InspectedSetting {
  readonly name: string;
  readonly value: string;
  readonly verdict: SettingVerdict;
  /** Why the setting matters, and its recommended value. */
  readonly why: string;
}

/** The result of one connection to a server. */
export interface ServerInspection {
  readonly server: "mysql" | "redis" | "kafka";
  readonly reachable: boolean;
  /** Why the server was not reachable, without secrets. */
  readonly reason?: string | undefined;
  /** Such as "MariaDB 10.11.6" or "Redis 7.0.15". */
  readonly version?: string | undefined;
  readonly roundTripMs?: number | undefined;
  /** The server's clock minus this process's, ms; exact to half a round trip. */
  readonly clockSkewMs?: number | undefined;
  readonly settings: readonly InspectedSetting[];
}
