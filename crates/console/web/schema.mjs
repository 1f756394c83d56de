// Makes src/api/schema.d.ts from the API's description on standard input: `cargo xtask schema`.
// The first line has the hash of the description, by which a test finds a file that is out of date.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const text = readFileSync(0, "utf8").trim();
const hash = createHash("sha256").update(text).digest("hex");
const types = astToString(await openapiTS(JSON.parse(text), { defaultNonNullable: false }));
// The descriptions are in the description; they would be half of the file.
const plain = types.replace(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, "");
writeFileSync(new URL("src/api/schema.d.ts", import.meta.url), `// Made by \`cargo xtask schema\` from the description with SHA-256 ${hash}\n\n${plain}`);
