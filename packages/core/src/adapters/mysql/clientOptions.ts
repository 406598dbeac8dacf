import { connect, isIP } from "node:net";
import type { SslOptions } from "mysql2";
import type { MysqlConfig } from "../../config/serverConfig.ts";
import type { TlsConfig } from "../../config/tlsSettings.ts";

const MYSQL_PORT = 3306;

/**
 * The first statement of a session that reads or writes texts. A server whose `init_connect` names
 * another character set would store and return other bytes than the texts have.
 */
export const SET_NAMES = "SET NAMES utf8mb4 COLLATE utf8mb4_general_ci";

/** How to reach the database server, in the options of mysql2. Sequelize passes them on. */
export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly ssl?: SslOptions;
  readonly stream?: () => unknown;
}

/** How to reach the database. */
export interface DatabaseOptions extends ServerOptions {
  readonly database: string;
}

export type MysqlAddress = Pick<MysqlConfig, "url" | "tls">;

/**
 * Reads the address for both drivers, because Sequelize and mysql2 read a URL differently.
 * Connections with these options name no database.
 */
export function serverOptions({ url, tls }: MysqlAddress): ServerOptions {
  const parsed = new URL(url);
  const host = decodeURIComponent(parsed.hostname).replace(/^\[|\]$/g, "");
  const port = parsed.port === "" ? MYSQL_PORT : Number(parsed.port);
  return {
    ...{ host, port },
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    ...(tls === undefined ? {} : { ssl: sslOptions(tls) }),
    ...(tls?.mode === "verify-full" && isIP(host) ? { stream: () => namedSocket(host, port) } : {}),
  };
}

/** Options of connections to the database of the URL. */
export function databaseOptions(address: MysqlAddress): DatabaseOptions {
  return { ...serverOptions(address), database: databaseName(address) };
}

export const databaseName = ({ url }: MysqlAddress): string =>
  decodeURIComponent(new URL(url).pathname.slice(1));

function sslOptions({ mode, ca, cert, key }: TlsConfig): SslOptions {
  return {
    rejectUnauthorized: mode !== "require",
    verifyIdentity: mode === "verify-full",
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/**
 * Opens a socket as mysql2 does. mysql2 starts TLS on the open socket and passes no name when the
 * host is an IP address; Node then takes the name of the socket, and without one "localhost".
 */
function namedSocket(host: string, port: number): unknown {
  const socket = connect({ host, port, noDelay: true, keepAlive: true });
  return Object.assign(socket, { _host: host });
}
