import { expect } from "chai";
import { cleaned, sessionPage } from "../sessionPage.ts";

const COMMAND = {
  ...{ why: "The alarm.", typed: "pnpm onsale doctor", exitCode: 1 },
  output: "CRITICAL QUEUE_STUCK   \nlog in /srv/sale/.devstack/logs\n\n",
};

describe("the page of a recorded session", () => {
  it("shows each command with its output, and the exit code of a failure", () => {
    const good = { ...COMMAND, typed: "pnpm onsale queue status", exitCode: 0, output: "" };
    const page = sessionPage([COMMAND, good], new Map());
    expect(page).to.include("The alarm.\n\n<!-- run: no, it is a recording -->\n```console\n");
    expect(page).to.include("$ pnpm onsale doctor\nCRITICAL QUEUE_STUCK\n");
    expect(page).to.include("\n$ echo $?\n1\n```\n");
    expect(page).to.include("$ pnpm onsale queue status\n```\n");
  });

  it("does not name the machine", () => {
    const texts = new Map([["/srv/sale", "."]]);
    expect(cleaned(COMMAND.output, texts)).to.include("log in ./.devstack/logs");
  });
});
