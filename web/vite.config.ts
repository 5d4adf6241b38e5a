import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Lays packed copies beside each file: made once here, and not whenever the program starts. */
const packed: Plugin = {
  name: "packed",
  async writeBundle({ dir = "" }, bundle) {
    for (const { fileName } of Object.values(bundle)) {
      if (!/\.(m?js|css)$/.test(fileName)) continue;
      const content = await readFile(join(dir, fileName));
      await writeFile(join(dir, `${fileName}.br`), brotliCompressSync(content));
      await writeFile(join(dir, `${fileName}.gz`), gzipSync(content, { level: 9 }));
    }
  },
};

// The program serves the build; there is no other server. Names of files carry digests, so
// that they never change under their names.
export default defineConfig({
  plugins: [react(), packed],
  html: { cspNonce: "__NONCE__" },
  build: {
    target: "es2023",
    outDir: "dist/portal",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      output: {
        // What every screen needs stays the same when a screen changes. Neither it nor what many
        // need is in small files: each costs a way there and back. The rest goes with its screens.
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules\/(react|react-dom|scheduler)\//, priority: 3 },
            { name: "router", test: /node_modules\/(@tanstack\/(?!.*virtual)|i18next|react-i18next|openapi-fetch)/, priority: 2 },
            { name: "base", tags: ["$initial"], priority: 1 },
            { name: "common", minShareCount: 4 },
          ],
        },
      },
    },
  },
  server: { host: "127.0.0.1", proxy: { "/v1": "http://127.0.0.1:8080" } },
  // Files of tests share a process and its modules: what one changes of the document it restores.
  test: { environment: "happy-dom", pool: "threads", isolate: false, include: ["test/unit/**/*.test.{ts,tsx}"] },
} as Parameters<typeof defineConfig>[0]);
