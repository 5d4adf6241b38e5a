import { ActionIcon, Group, Loader, Text } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import type { PDFDocumentProxy, RenderTask } from "pdfjs-dist";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Opening, openPdf } from "./pdf";
import classes from "./PdfView.module.css";

/** A file that a PDF carries, such as the invoice in a Factur-X PDF. */
export type Attached = { name: string; bytes: Uint8Array };

type Props = {
  bytes: Uint8Array;
  page: number;
  onPage: (page: number) => void;
  onAttached: (files: Attached[]) => void;
  label: string;
};

type PdfAttachment = { filename?: string; content?: Uint8Array };

async function attachedTo(document: PDFDocumentProxy): Promise<Attached[]> {
  const files = ((await document.getAttachments()) ?? {}) as Record<string, PdfAttachment>;
  return Object.values(files).flatMap((f) => (f.filename && f.content ? [{ name: f.filename, bytes: f.content }] : []));
}

/** One page of a PDF at the width of the pane. */
export function PdfView({ bytes, page, onPage, onAttached, label }: Props) {
  const { t } = useTranslation();
  const pane = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [document, setDocument] = useState<PDFDocumentProxy>();
  const [failed, setFailed] = useState(false);
  const [width, setWidth] = useState(0);

  useEffect(() => {
    let closed = false;
    let opening: Opening | undefined;
    openPdf(bytes)
      .then(async (o) => {
        opening = o;
        if (closed) return o.close();
        const d = await o.document;
        const files = await attachedTo(d).catch(() => []); // damaged ones take no page away
        if (closed) return;
        onAttached(files); // at once with the pages, which would move down later
        setDocument(d);
      })
      .catch(() => {
        if (!closed) setFailed(true); // else it was let go while it was being read
      });
    return () => {
      closed = true;
      opening?.close();
    };
  }, [bytes, onAttached]);

  useEffect(() => {
    const element = pane.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const surface = canvas.current;
    if (!document || !surface || width === 0) return;
    let task: RenderTask | undefined;
    let closed = false;
    document
      .getPage(Math.min(page, document.numPages))
      .then((p) => {
        if (closed) return;
        const natural = p.getViewport({ scale: 1 });
        const density = Math.min(window.devicePixelRatio || 1, 2);
        const viewport = p.getViewport({ scale: (width / natural.width) * density });
        surface.width = viewport.width;
        surface.height = viewport.height;
        task = p.render({ canvas: surface, viewport });
        const painted = () => surface.setAttribute("data-painted", `${document.fingerprints[0] ?? ""}/${page}`);
        task.promise.then(painted, () => undefined); // cancelled by the next page
      })
      .catch(() => {
        // Nothing failed when the paper was let go meanwhile.
        if (!closed && !document.loadingTask.destroyed) setFailed(true);
      });
    return () => {
      closed = true;
      task?.cancel();
    };
  }, [document, page, width]);

  return (
    <div className={classes.all}>
      {document && (
        <Group className={classes.bar} gap={4} justify="center">
          <ActionIcon
            variant="subtle"
            aria-label={t("document.previousPage")}
            disabled={page <= 1}
            onClick={() => onPage(page - 1)}
          >
            <IconChevronLeft size={16} />
          </ActionIcon>
          <Text size="sm" aria-live="polite">
            {t("document.page", { page, pages: document.numPages })}
          </Text>
          <ActionIcon
            variant="subtle"
            aria-label={t("document.nextPage")}
            disabled={page >= document.numPages}
            onClick={() => onPage(page + 1)}
          >
            <IconChevronRight size={16} />
          </ActionIcon>
        </Group>
      )}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a pane that scrolls takes the keyboard */}
      <div ref={pane} className={classes.pane} tabIndex={0} role="region" aria-label={label}>
        {failed && <Text p="md">{t("document.binary")}</Text>}
        {!document && !failed && <Loader m="md" size="sm" aria-label={t("common.loading")} />}
        {document && (
          <canvas
            ref={canvas}
            className={classes.page}
            data-testid="pdf-page"
            aria-label={t("document.page", { page, pages: document.numPages })}
            role="img"
          />
        )}
      </div>
    </div>
  );
}
