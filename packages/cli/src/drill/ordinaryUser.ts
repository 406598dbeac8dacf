import { randomBytes } from "node:crypto";
import { runSql } from "@onsale/simulator/drill";

const NAME_BYTES = 4;
const PASSWORD_BYTES = 16;

/** A MySQL user who has every right on one database, and no other right. */
export interface OrdinaryUser {
  /** The URL of the database with this user. */
  readonly url: string;
  drop(): Promise<void>;
}

/** @param ownerUrl the URL of the database with a user who may create users */
export async function createOrdinaryUser(ownerUrl: string): Promise<OrdinaryUser> {
  const url = new URL(ownerUrl);
  // Statements that manage users take no parameters. These texts need no quoting.
  const name = `drill_${randomBytes(NAME_BYTES).toString("hex")}`;
  const password = randomBytes(PASSWORD_BYTES).toString("hex");
  const account = `'${name}'@'%'`;
  await runSql(ownerUrl, `CREATE USER ${account} IDENTIFIED BY '${password}'`);
  await runSql(ownerUrl, `GRANT ALL ON \`${url.pathname.slice(1)}\`.* TO ${account}`);
  url.username = name;
  url.password = password;
  return { url: url.href, drop: () => runSql(ownerUrl, `DROP USER ${account}`) };
}
