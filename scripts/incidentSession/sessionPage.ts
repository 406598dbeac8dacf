/** A command that was run, with its output. */
export interface RecordedCommand {
  /** A sentence before the command: why the operator runs it. */
  readonly why: string;
  /** The command as the operator types it. */
  readonly typed: string;
  /** The text that the terminal showed. */
  readonly output: string;
  readonly exitCode: number;
}

/** Texts that name this machine, with the texts that replace them. */
export type Replacements = ReadonlyMap<string, string>;

const INTRO = `# An incident at the terminal

<!-- Recorded by \`pnpm docs:session\`: record again, do not edit. -->

The only worker of a sale is killed while buyers join the queue, so nothing admits them. The
operator follows the runbook [queue-stuck](../RUNBOOKS.md#queue-stuck) from the alarm to the
verified repair. Every command was run on the private servers of a checkout. Its output is
unchanged, except for the names of the machine, of its user and of its folders.
`;

/** Makes the page of the recorded session. */
export function sessionPage(
  commands: readonly RecordedCommand[],
  replacements: Replacements,
): string {
  return [INTRO, ...commands.map((command) => block(command, replacements))].join("\n");
}

function block({ why, typed, output, exitCode }: RecordedCommand, texts: Replacements): string {
  const shown = cleaned(output, texts).trimEnd();
  return [
    why,
    "",
    "<!-- run: no, it is a recording -->",
    "```console",
    `$ ${typed}`,
    ...(shown === "" ? [] : [shown]),
    ...(exitCode === 0 ? [] : ["$ echo $?", String(exitCode)]),
    "```",
    "",
  ].join("\n");
}

/** Removes what names this machine, and blanks at the ends of lines. */
export function cleaned(output: string, texts: Replacements): string {
  let clean = output;
  for (const [text, other] of texts) clean = clean.replaceAll(text, other);
  return clean.replaceAll(/[ \t]+$/gm, "");
}
