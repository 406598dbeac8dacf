/** The address at which the API listens. */
export interface ServeAddress {
  readonly host: string;
  /** 0 selects a free port. */
  readonly port: number;
}

/** Options of `onsale serve`, with servers or embedded. */
export interface ServeOptions extends ServeAddress {
  readonly authMode: "jwt" | "trusted";
  /** The command runs until this signal aborts. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly onReady: (ready: { baseUrl: string; tour: string }) => Promise<void>;
}

/** The address that was served, and how the processes ended. */
export interface Served {
  readonly baseUrl: string;
  /** Whether all processes ended in order: their requests were answered. */
  readonly isClean: boolean;
}

/** This address accepts connections from this machine only. */
export const LOOPBACK_HOST = "127.0.0.1";

/** Addresses for all network interfaces, each with the address for clients of this machine. */
const LOOPBACK_OF = new Map([
  ["0.0.0.0", LOOPBACK_HOST],
  ["::", "::1"],
]);

/** The URL at which clients of this machine reach a server that listens at the address. */
export function baseUrlOf({ host, port }: ServeAddress): string {
  const reached = LOOPBACK_OF.get(host) ?? host;
  return `http://${reached.includes(":") ? `[${reached}]` : reached}:${port}`;
}

/** A warning for an address that other machines may reach; undefined for this machine alone. */
export function reachWarning({ host }: ServeAddress): string | undefined {
  if (/^(127\.|::1$|localhost$)/.test(host)) return undefined;
  return (
    `Other machines may reach ${host}: everybody who does can create users and their tokens ` +
    "(DEV_ISSUER=true)."
  );
}
