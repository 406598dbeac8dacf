import type { DescribedSetting } from "@onsale/core";

const INTRODUCTION = `# Configuration

All settings are environment variables, read and checked once when a process starts. A blank one
counts as one that is not set, and blanks around a value, or around a part of a list or pair, do not
count. A wrong one ends the start with a line for each problem. Values of secrets are never shown.
Times are milliseconds, numbers are decimal digits. \`onsale config show\` prints what is in force.

A setting under its former name ends the start, unless the present name is set too. A variable whose
name is nearly that of a setting, such as \`REDIS_URI\`, is logged as a warning
(\`config.unknown_variable\`); \`onsale config show\` names it too.

This page is generated: \`pnpm onsale config docs > docs/reference/CONFIGURATION.md\`.
`;

const TRY_IT = `
## For development

\`pnpm onsale serve\` and \`sim rush\` need none of these: they start private servers, and take
QUEUE_TOKEN_KEYS and AUTH_JWT_SECRET from \`.devstack/dev/secrets.json\`, random and readable by
you alone. The other commands find the private servers that run (\`pnpm onsale stack up\`). With
NODE_ENV=production none are lent. The embedded stack makes up its own and keeps them nowhere
([EMBEDDED.md](../start/EMBEDDED.md)). \`DEBUG=onsale\` adds stacks to the errors of the command
line, and NO_COLOR turns its colours off. KAFKA_HOME names an unpacked Apache Kafka for the private
servers.
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

function rowOf({ name, fallback, allowed, meaning }: DescribedSetting): string {
  const shown = fallback === undefined || fallback === "" ? "none" : `\`${fallback}\``;
  return `| \`${name}\` | ${shown} | ${allowed} | ${meaning.replaceAll("|", "\\|")} |`;
}
