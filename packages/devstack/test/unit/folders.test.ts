import { expect } from "chai";
import { IS_CHECKOUT, projectFolderOf } from "../../src/folders.ts";

describe("the folders of an installed devstack", () => {
  const folderOf = (packageFolder: string, ...files: string[]) =>
    projectFolderOf(packageFolder, { home: "/home/ada", exists: (path) => files.includes(path) });

  it("are in the project that has installed the package", () => {
    const project = "/srv/shop/package.json";
    expect(folderOf("/srv/shop/node_modules/@onsale/devstack", project)).to.equal("/srv/shop");
    const byPnpm = "/srv/shop/node_modules/.pnpm/x/node_modules/@onsale/devstack";
    expect(folderOf(byPnpm, project)).to.equal("/srv/shop");
  });

  it("are in the home folder when the package is installed for no project", () => {
    expect(folderOf("/usr/lib/node_modules/@onsale/devstack")).to.equal("/home/ada");
  });

  it("are in the checkout in a checkout", () => {
    expect(IS_CHECKOUT).to.equal(true);
  });
});
