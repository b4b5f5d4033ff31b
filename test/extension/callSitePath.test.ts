import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callSitePath } from "../../extension/dashboard/callSitePath.ts";

let root: string;
let shop: string;
let other: string;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "taximeter-call-site-")));
  shop = join(root, "shop");
  other = join(root, "other");
  await mkdir(join(shop, "packages", "api", "src"), { recursive: true });
  await mkdir(other);
  await writeFile(join(shop, "app.ts"), "");
  await writeFile(join(shop, "packages", "api", "src", "chat.ts"), "");
  await writeFile(join(other, "secret.txt"), "");
  await symlink(join(other, "secret.txt"), join(shop, "link.ts"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("a file of the workspace that the call names", async () => {
  expect(await callSitePath({ workspace: shop, file: "app.ts" }, [shop])).toBe(join(shop, "app.ts"));
});

test("a file relative to a package within an open folder", async () => {
  const workspace = join(shop, "packages", "api");
  expect(await callSitePath({ workspace, file: "src/chat.ts" }, [shop])).toBe(
    join(workspace, "src", "chat.ts"),
  );
});

test("without a workspace, the folder that has it", async () => {
  expect(await callSitePath({ workspace: null, file: "app.ts" }, [other, shop])).toBe(join(shop, "app.ts"));
});

test("never outside the open folders, whatever the report says", async () => {
  const attempts = [
    { workspace: other, file: "secret.txt" },
    { workspace: shop, file: "../other/secret.txt" },
    { workspace: null, file: "../other/secret.txt" },
    { workspace: shop, file: join(other, "secret.txt") },
    { workspace: null, file: "link.ts" },
    { workspace: "/", file: "etc/passwd" },
    { workspace: shop, file: "gone.ts" },
    { workspace: shop, file: "" },
    { workspace: shop, file: "app.ts\0.png" },
  ];
  for (const attempt of attempts)
    expect([attempt, await callSitePath(attempt, [shop])]).toEqual([attempt, null]);
  expect(await callSitePath({ workspace: shop, file: "app.ts" }, [])).toBe(null);
});
