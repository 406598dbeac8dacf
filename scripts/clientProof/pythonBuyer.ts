import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Visit } from "./visit.ts";

const PROGRAM = fileURLToPath(new URL("../../docs/start/firstClient.py", import.meta.url));

/**
 * Generates a client in Python from the document that the API serves, and buys with it.
 * @param packages the folder with openapi-python-client and httpx-sse
 * @returns the lines that the program printed
 * @throws Error when the generator warns about the document, or when the program fails
 */
export async function buyInPython(packages: string, visit: Visit): Promise<string> {
  const { url, signal, admit } = visit;
  const folder = await mkdtemp(join(tmpdir(), "onsale-python-"));
  async function run(words: readonly string[], onText: (text: string) => void): Promise<string> {
    const env = {
      ...process.env,
      // The generator formats its files with ruff, which is one of its packages.
      PATH: [join(packages, "bin"), process.env.PATH].join(delimiter),
      PYTHONPATH: [packages, folder].join(delimiter),
      PYTHONDONTWRITEBYTECODE: "1",
    };
    const python = spawn("python3", words, { cwd: folder, env, signal });
    let text = "";
    for (const stream of [python.stdout, python.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        onText(chunk);
      });
    }
    let failure: Error | undefined;
    python.on("error", (error) => {
      failure = error;
    });
    // The folder is removed afterwards, so wait for the end of an aborted process too.
    const code = await new Promise((resolve) => python.on("close", resolve));
    if (failure !== undefined) throw failure;
    if (code !== 0) throw new Error(`python3 ${words.join(" ")} ended with ${code}:\n${text}`);
    return text;
  }
  try {
    await run(
      [
        ...["-m", "openapi_python_client", "generate", "--fail-on-warning", "--meta", "none"],
        ...["--url", `${url}/openapi.json`, "--output-path", "onsale_client"],
      ],
      () => {},
    );
    return await run([PROGRAM, url], (text) => {
      if (text.includes("Position")) void admit();
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
