import type { DescribedSetting } from "@onsale/core";

const INTRODUCTION = `# Configuration

All settings are environment variables. A process reads and checks them once, when it starts. A
blank variable counts as not set, and blanks around a value, or around a part of a list or pair, are
ignored. When a value is wrong, the process does not start and prints one line for each problem.
A setting that is marked with "file" may come from a file: \`MYSQL_PASSWORD_FILE\` names the file
with the value of \`MYSQL_PASSWORD\`. Certificates and keys are texts in PEM form.
Values of secrets are never shown. Times are milliseconds, numbers are decimal digits.
\`onsale config show\` prints the values that a process would use.

A process also refuses to start when a setting is given under its former name only. A variable whose
name is nearly that of a setting, such as \`REDIS_URI\`, is logged as a warning
(\`config.unknown_variable\`); \`onsale config show\` names it too.

This page is generated: \`pnpm onsale config docs > docs/reference/CONFIGURATION.md\`.
`;

const TRY_IT = `
## For development

\`pnpm onsale serve\` and \`sim rush\` need none of these settings: they start private servers, and
read QUEUE_TOKEN_KEYS and AUTH_JWT_SECRET from \`.devstack/dev/secrets.json\`, a file with random
secrets that only you can read. The other commands use the private servers when they run
(\`pnpm onsale stack up\`). With NODE_ENV=production no command uses these secrets. The embedded
stack generates its own secrets and does not store them ([EMBEDDED.md](../start/EMBEDDED.md)).
\`DEBUG=onsale\` adds stack traces to the errors of the command line, and NO_COLOR switches its
colours off. KAFKA_HOME names an unpacked Apache Kafka for the private servers.

The API of \`onsale serve\` listens at \`--host\` and \`--port\`, else at HOST and PORT, else at
127.0.0.1:8080; with and without \`--embedded\`. \`sim rush\` ignores HOST and PORT.
`;

/** Makes docs/reference/CONFIGURATION.md from the settings. */
export function configurationPage(settings: readonly DescribedSetting[]): string {
  const groups = [...new Set(settings.map((setting) => setting.group))];
  const sections = groups.map((group) => {
    const rows = settings.filter((setting) => setting.group === group).map(rowOf);
    return [`\n## ${group}\n`, "| Variable | Default | Allowed | Meaning |", "|---|---|---|---|"]
      .concat(rows)
      .join("\n");
  });
  return `${INTRODUCTION}${sections.join("\n")}\n${TRY_IT}`;
}

function rowOf({ name, fallback, allowed, meaning, file }: DescribedSetting): string {
  const shown = fallback === undefined || fallback === "" ? "none" : `\`${fallback}\``;
  const values = file ? `${allowed}, file` : allowed;
  return `| \`${name}\` | ${shown} | ${values} | ${meaning.replaceAll("|", "\\|")} |`;
}
