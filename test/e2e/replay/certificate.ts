import { createRequire } from "node:module";
import { join } from "node:path";

/** Both in PEM. */
export interface Certificate {
  key: string;
  certificate: string;
}

/** A certificate for these hosts that nobody but who is told to trusts. `packages` is the `node_modules` of the fixture. */
export async function makeCertificate(packages: string, hosts: readonly string[]): Promise<Certificate> {
  const { generate } = createRequire(join(packages, "any.js"))("selfsigned");
  const made: { private: string; cert: string } = await generate(
    [{ name: "commonName", value: "replayed recordings" }],
    {
      keyType: "ec",
      algorithm: "sha256",
      extensions: [
        { name: "basicConstraints", cA: true, critical: true },
        { name: "subjectAltName", altNames: hosts.map((value) => ({ type: 2, value })) },
      ],
    },
  );
  return { key: made.private, certificate: made.cert };
}
