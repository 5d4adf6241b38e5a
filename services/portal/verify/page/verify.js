// Hashes a file here, in the browser, and asks the page for its digest alone.
"use strict";

const most = 256 * 1024 * 1024;
const drop = document.getElementById("drop");
const file = document.getElementById("file");
const said = document.getElementById("busy");
const digest = document.getElementById("digest");

async function hash(chosen) {
  if (!chosen) return;
  if (chosen.size > most) {
    said.textContent = said.dataset.large;
    return;
  }
  said.textContent = said.dataset.hashing;
  try {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await chosen.arrayBuffer()));
    digest.value = `sha-256:${Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("")}`;
    digest.form.requestSubmit();
  } catch {
    said.textContent = said.dataset.failed;
  }
}

// Browsers hash only on a page that came over TLS, or from this machine.
if (globalThis.crypto?.subtle) {
  drop.hidden = false;
  file.addEventListener("change", () => hash(file.files[0]));
  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      drop.toggleAttribute("data-over", name === "dragover");
      if (name === "drop") hash(event.dataTransfer.files[0]);
    });
  }
}

// After an answer the reader is where it stands.
document.getElementById("outcome")?.focus();
