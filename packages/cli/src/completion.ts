/** A command as the completion scripts know it. */
export interface CompletedCommand {
  /** The command's words: "queue pause". */
  readonly words: readonly string[];
  readonly summary: string;
  /** Long flags without dashes. */
  readonly flags: readonly string[];
}

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * Makes the completion script of a shell. The script contains every command and its flags, so that
 * a completion starts no process.
 */
export function completionScript(shell: Shell, commands: readonly CompletedCommand[]): string {
  if (shell === "fish") return fishScript(commands);
  const bash = bashScript(commands);
  return shell === "bash"
    ? bash
    : `#compdef onsale\nautoload -U +X bashcompinit && bashcompinit\n${bash}`;
}

/** The words that may follow each beginning of a command: "queue" is followed by "pause". */
function nextWords(commands: readonly CompletedCommand[]): ReadonlyMap<string, readonly string[]> {
  const next = new Map<string, Set<string>>();
  for (const { words } of commands) {
    words.forEach((word, at) => {
      const before = words.slice(0, at).join(" ");
      const known = next.get(before) ?? new Set();
      next.set(before, known.add(word));
    });
  }
  return new Map([...next].map(([before, words]) => [before, [...words].sort()]));
}

function bashScript(commands: readonly CompletedCommand[]): string {
  const cases = [...nextWords(commands)].map(
    ([before, words]) => `    "${before}") words="${words.join(" ")}" ;;`,
  );
  const flags = commands.map(
    ({ words, flags: names }) =>
      `    "${words.join(" ")}") flags="${names.map((name) => `--${name}`).join(" ")}" ;;`,
  );
  return `_onsale() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word words="" flags=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] && continue
    path="\${path:+$path }$word"
  done
  case "$path" in
${cases.join("\n")}
  esac
  case "$path" in
${flags.join("\n")}
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -F _onsale onsale
`;
}

function fishScript(commands: readonly CompletedCommand[]): string {
  const lines = [...nextWords(commands)].flatMap(([before, words]) =>
    words.map((word) => {
      const path = before === "" ? word : `${before} ${word}`;
      const summary = commands.find((command) => command.words.join(" ") === path)?.summary ?? "";
      const when = `-n '__onsale_at "${before}"'`;
      return `complete -c onsale -f ${when} -a '${word}' -d '${quoted(summary)}'`;
    }),
  );
  const flags = commands.flatMap(({ words, flags: names }) =>
    names.map((name) => `complete -c onsale -n '__onsale_at "${words.join(" ")}"' -l '${name}'`),
  );
  return `function __onsale_at
  set -l words (commandline -opc | string match -v -- '-*')
  test "$words[2..-1]" = "$argv[1]"
end
${[...lines, ...flags].join("\n")}
`;
}

const quoted = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
