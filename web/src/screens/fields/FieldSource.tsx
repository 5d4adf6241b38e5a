import { Loader, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PaperDocument } from "../../api/client";
import { original } from "../../api/queries";
import { rangeOf } from "../../source/lines";
import type { Attached } from "../../source/PdfView";
import { type Mark, SourceView } from "../../source/SourceView";
import { ProblemNote } from "../../ui/ProblemNote";

const PdfView = lazy(() => import("../../source/PdfView").then((m) => ({ default: m.PdfView })));
const textual = new Set(["application/xml", "text/xml", "application/json", "text/csv", "text/plain"]);

/** Where a value stands in the source. */
export type Place = { path: string; offset?: number; length?: number };

/** The name of the file inside a PDF that a place is in, "" for the paper itself. */
function partOf(place: Place | undefined): string {
  return /^([^/:]+):/.exec(place?.path ?? "")?.[1] ?? "";
}

function marksOf(bytes: Uint8Array, place: Place | undefined, title: string): Mark[] {
  if (!place || (place.offset === undefined && place.length === undefined)) return [];
  return [{ id: 0, severity: "warning", title, ...rangeOf(bytes, place.offset ?? 0, place.length ?? 0) }];
}

/** The paper itself, with the place of one value lit. */
export function FieldSource({ document, place, title }: { document: PaperDocument; place: Place | undefined; title: string }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(original(document.id));
  const [page, setPage] = useState(1);
  const [attached, setAttached] = useState<Attached[]>([]);
  const inside = attached.find((a) => a.name === partOf(place));
  const bytes = inside?.bytes ?? data?.bytes;
  const marks = useMemo(() => (bytes ? marksOf(bytes, place, title) : []), [bytes, place, title]);
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data || !bytes) return <Loader m="md" size="sm" aria-label={t("common.loading")} />;
  if (textual.has(data.media) || inside) {
    return <SourceView bytes={bytes} marks={marks} chosen={0} label={inside?.name ?? t("fields.source")} />;
  }
  if (data.media !== "application/pdf") return <Text p="md">{t("document.binary")}</Text>;
  return (
    <Suspense fallback={<Loader m="md" size="sm" aria-label={t("common.loading")} />}>
      <PdfView bytes={data.bytes} page={page} onPage={setPage} onAttached={setAttached} label={t("fields.source")} />
    </Suspense>
  );
}
