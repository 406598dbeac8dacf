import type { Command } from "@oclif/core";

const INTRODUCTION = `# Command line

Every command of \`onsale\`. Data goes to stdout and messages to stderr. \`--json\` prints one JSON
object with \`schemaVersion\`, the command, the installation and the data.

Exit codes: 0 done, 1 failure or violation, 2 wrong use, 3 a precondition is missing, 4 a bulk
change stopped and can continue, 5 the change was made, but the state is not what the plan promised,
130 interrupted (with \`--json\`, the error INTERRUPTED if there is no result). When stdout cannot
be written, such as on a full device, the command does its work and reports OUTPUT_FAILED; its exit
code is then 1 unless it has another one. A closed pipe is no failure.

A command that changes something first prints its plan and changes nothing. The same command with
\`--execute\` does that plan. When a fact of the plan has changed since the plan was made, the
command is refused and shows the difference.

On a terminal, \`--execute\` shows its steps as a list and asks for a missing \`--confirm\` or
\`--reason\`. With \`--no-input\`, \`--json\` or \`--quiet\` and off a terminal no command asks.

This page is generated: \`pnpm docs:cli\`.
`;

/** The flags that every command has, explained once. */
const GLOBAL_FLAGS = new Set(["json", "quiet", "no-input", "profile"]);

/** Makes docs/reference/CLI.md from the commands. */
export function commandPage(commands: readonly Command.Loadable[]): string {
  const shown = commands
    .filter(({ hidden }) => hidden !== true)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return `${[INTRODUCTION, ...shown.map(sectionOf)].join("\n")}`;
}

function sectionOf(command: Command.Loadable): string {
  const words = command.id.replaceAll(":", " ");
  const args = Object.entries(command.args).map(([name, arg]) => ({ ...arg, name }));
  const usage = args.map(({ name, required }) =>
    required ? name.toUpperCase() : `[${name.toUpperCase()}]`,
  );
  const flags = Object.entries(command.flags).filter(
    ([name, { hidden }]) => !GLOBAL_FLAGS.has(name) && hidden !== true,
  );
  const lines = [`## onsale ${[words, ...usage].join(" ")}`, "", `${command.summary}.`];
  if (command.description !== undefined) lines.push("", command.description);
  if (args.length + flags.length > 0) {
    lines.push("", "| Argument or flag | Meaning |", "|---|---|");
    for (const { name, description, options } of args) {
      lines.push(`| \`${name.toUpperCase()}\` | ${cell(meaningOf(description, options))}. |`);
    }
    for (const [name, flag] of flags) lines.push(flagRow(name, flag));
  }
  return `${lines.join("\n")}\n`;
}

function flagRow(name: string, flag: Command.Flag.Cached): string {
  const isValue = flag.type === "option";
  const opposite = flag.type === "boolean" && flag.allowNo === true ? "[no-]" : "";
  const shown = `--${opposite}${name}${isValue ? " VALUE" : ""}`;
  const required = flag.required === true ? " Required." : "";
  const options = isValue ? flag.options : undefined;
  const meaning = cell(meaningOf(flag.description ?? flag.summary, options));
  return `| \`${shown}\` | ${meaning}.${required} |`;
}

function meaningOf(
  description: string | undefined,
  options: readonly string[] | undefined,
): string {
  const text = description ?? "";
  return options === undefined ? text : `${text === "" ? "" : `${text}: `}${options.join(", ")}`;
}

/** A cell of a Markdown table. */
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
