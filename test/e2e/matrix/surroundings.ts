import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureNode20, ensurePackages } from "../../../scripts/lib/provision.mjs";
import type { RunSurroundings } from "./run.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

/** What is used of `selfsigned`, which is among the packages. */
interface CertificateModule {
  generate(
    subject: { name: string; value: string }[],
    options: { extensions: object[] },
  ): Promise<{ cert: string; private: string }>;
}

/** Lays out a folder with the apps and, beside them, the SDKs; and makes a certificate that they trust. */
export async function prepareRuns(folder: string): Promise<RunSurroundings> {
  const packages = await ensurePackages(here);
  const node20 = await ensureNode20();
  await mkdir(folder, { recursive: true });
  await cp(join(here, "apps"), folder, { recursive: true });
  await symlink(packages, join(folder, "node_modules"), "junction");

  const { generate }: CertificateModule = createRequire(join(packages, "standin.cjs"))("selfsigned");
  const made = await generate([{ name: "commonName", value: "127.0.0.1" }], {
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
    ],
  });
  const certFile = join(folder, "authority.pem");
  await writeFile(certFile, made.cert);
  return {
    folder,
    packages,
    nodes: { 20: node20, 24: process.execPath },
    tls: { cert: made.cert, key: made.private, certFile },
  };
}
