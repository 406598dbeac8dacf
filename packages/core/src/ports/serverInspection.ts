/**
 * The judgement of a setting. `wrong`: the setting can break a guarantee. `note`: an operator
 * should know the setting.
 */
export type SettingVerdict = "ok" | "note" | "wrong";

export interface InspectedSetting {
  readonly name: string;
  readonly value: string;
  readonly verdict: SettingVerdict;
  /** The reason why the setting matters, and its recommended value. */
  readonly why: string;
}

/** The result of an inspection of a server. */
export interface ServerInspection {
  readonly server: "mysql" | "redis" | "kafka";
  readonly reachable: boolean;
  /** The reason why the server could not be reached, without secrets. */
  readonly reason?: string | undefined;
  /** The product and its version, such as "MariaDB 10.11.6" or "Redis 7.0.15". */
  readonly version?: string | undefined;
  readonly roundTripMs?: number | undefined;
  /**
   * The server's clock minus the clock of this process, ms. The error is at most half a round trip.
   */
  readonly clockSkewMs?: number | undefined;
  readonly settings: readonly InspectedSetting[];
}

/** The migrations that ran, and those that this program has. */
export interface SchemaStatus {
  readonly executed: readonly string[];
  readonly pending: readonly string[];
  /** Migrations that ran and that this program does not know: the schema is newer. */
  readonly unknown: readonly string[];
  /**
   * Columns and tables of this program that cannot store every text, or that are not
   * transactional: "users.name is latin1". Undefined when they were not read.
   */
  readonly unsuitable?: readonly string[] | undefined;
}
