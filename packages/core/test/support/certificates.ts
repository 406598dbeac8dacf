import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Certificates of an authority that exists only for one test; all texts are in PEM form. */
export interface Certificates {
  readonly folder: string;
  readonly ca: string;
  /** The authority with the same key in a certificate that has expired. */
  readonly expiredCa: string;
  /** The server's certificate names localhost and 127.0.0.1. */
  readonly serverCert: string;
  readonly serverKey: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

/** Makes an authority, and certificates of a server and a client, in files of the folder. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const path = (name: string): string => join(folder, name);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];
  const forDays = ["-days", "2"];
  const openssl = (...args: string[]) => run("openssl", args);
  const request = (name: string, subject: string) => [
    ...["req", "-x509", ...key, ...forDays, "-subj", subject],
    ...["-keyout", path(`${name}-key.pem`), "-out", path(`${name}-cert.pem`)],
  ];
  const signed = ["-CA", path("ca-cert.pem"), "-CAkey", path("ca-key.pem")];
  const extension = (text: string) => ["-addext", text];
  await openssl(...request("ca", "/CN=Onsale test authority"));
  const noAuthority = extension("basicConstraints=CA:FALSE");
  await openssl(
    ...request("server", "/CN=onsale-test-server"),
    ...[...signed, ...noAuthority, ...extension("subjectAltName=DNS:localhost,IP:127.0.0.1")],
  );
  await openssl(...request("client", "/CN=onsale-test-client"), ...signed, ...noAuthority);
  await makeExpiredAuthority(folder);
  const text = (name: string): string => readFileSync(path(`${name}.pem`), "utf8").trim();
  // Kafka reads a key and its certificate from one file.
  writeFileSync(path("server.pem"), `${text("server-key")}\n${text("server-cert")}\n`);
  return {
    folder,
    ca: text("ca-cert"),
    expiredCa: text("ca-expired"),
    ...{ serverCert: text("server-cert"), serverKey: text("server-key") },
    ...{ clientCert: text("client-cert"), clientKey: text("client-key") },
  };
}

/** `openssl req` makes no certificate that ends in the past. */
async function makeExpiredAuthority(folder: string): Promise<void> {
  const path = (name: string): string => join(folder, name);
  const settings = [
    ...["[ca]", "default_ca=one", "[one]", `database=${path("ca-index")}`],
    ...[`serial=${path("ca-serial")}`, `new_certs_dir=${folder}`, "default_md=sha256"],
    ...["policy=any", "[any]", "commonName=supplied"],
    ...["[authority]", "basicConstraints=critical,CA:TRUE"],
  ];
  writeFileSync(path("ca.cnf"), `${settings.join("\n")}\n`);
  writeFileSync(path("ca-index"), "");
  writeFileSync(path("ca-serial"), "1000\n");
  const key = path("ca-key.pem");
  const asked = ["-subj", "/CN=Onsale test authority", "-out", path("ca-request.pem")];
  await run("openssl", ["req", "-new", "-key", key, ...asked]);
  await run("openssl", [
    ...["ca", "-batch", "-notext", "-selfsign", "-config", path("ca.cnf"), "-keyfile", key],
    ...["-startdate", "20200101000000Z", "-enddate", "20200102000000Z"],
    ...["-extensions", "authority", "-in", path("ca-request.pem"), "-out", path("ca-expired.pem")],
  ]);
}
