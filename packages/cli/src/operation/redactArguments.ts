/** Flags whose values the audit record must not keep. */
const SECRET_FLAG = /^--?[a-z-]*(secret|password|token|key)[a-z-]*(=|$)/i;
/** A URL with a user and a password. */
const URL_PASSWORD = /(\/\/[^/\s:@]*:)[^@\s]*@/g;

/** Joins a command line for the audit record, without the values of secrets. */
export function redactArguments(words: readonly string[]): string {
  const shown = words
    .filter((word) => word !== "")
    .map((word, at) => {
      if (SECRET_FLAG.test(words[at - 1] ?? "") && !words[at - 1]?.includes("=")) return "***";
      const flag = SECRET_FLAG.exec(word);
      const kept = flag && word.includes("=") ? `${word.slice(0, word.indexOf("=") + 1)}***` : word;
      return quoted(kept.replace(URL_PASSWORD, "$1***@"));
    });
  return shown.join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./*-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
