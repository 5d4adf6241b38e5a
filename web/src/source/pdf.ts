import type { PDFDocumentProxy, PDFWorker } from "pdfjs-dist";

// One worker reads all PDFs: starting one takes longer than painting a page.

/** A PDF on its way, and how to let it go. */
export type Opening = { document: Promise<PDFDocumentProxy>; close: () => void };

class Reader {
  private worker: PDFWorker | undefined;
  private readonly open = new Set<object>();

  async read(bytes: Uint8Array): Promise<Opening> {
    const pdf = await import("pdfjs-dist");
    const script = await import("pdfjs-dist/build/pdf.worker.min.mjs?url");
    pdf.GlobalWorkerOptions.workerSrc = script.default;
    this.worker ??= new pdf.PDFWorker();
    const { worker } = this;
    // The bytes are copied: the worker takes them over. Nothing in a paper is run or fetched.
    const task = pdf.getDocument({ data: bytes.slice(), enableXfa: false, worker });
    this.open.add(task);
    let read = false;
    task.promise.then(
      () => {
        read = true;
      },
      () => {
        read = true;
      },
    );
    const close = () => {
      if (!this.open.delete(task)) return;
      task.destroy().catch(() => undefined); // what was being read of it is of no interest
      // One that is not done with may keep its worker for ever: the next paper gets another.
      if (read || this.open.size > 0 || this.worker !== worker) return;
      worker.destroy();
      this.worker = undefined;
    };
    return { document: task.promise, close };
  }
}

const reader = new Reader();

/** Opens a PDF; who lets it go closes it. */
export function openPdf(bytes: Uint8Array): Promise<Opening> {
  return reader.read(bytes);
}
