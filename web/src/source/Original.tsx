import { Button, Group, Loader, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Finding, PaperDocument } from "../api/client";
import { original } from "../api/queries";
import { ProblemNote } from "../ui/ProblemNote";
import { rangeOf } from "./lines";
import classes from "./Original.module.css";
import type { Attached } from "./PdfView";
import { Sides } from "./Sides";
import { type Mark, SourceView } from "./SourceView";

const PdfView = lazy(() => import("./PdfView").then((m) => ({ default: m.PdfView })));

const textual = new Set(["application/xml", "text/xml", "application/json", "text/csv", "text/plain"]);

export function pageOf(finding: Finding | undefined): number | undefined {
  const match = /^page (\d+)/.exec(finding?.path ?? "");
  return match ? Number(match[1]) : undefined;
}

/** The name of the file inside a PDF that a place is in, "" for the PDF itself. */
function partOf(finding: Finding | undefined): string {
  return /^([^/:]+):/.exec(finding?.path ?? "")?.[1] ?? "";
}

function marksIn(bytes: Uint8Array, findings: Finding[], part: string): Mark[] {
  return findings.flatMap((f, id) =>
    (f.offset === undefined && f.length === undefined) || partOf(f) !== part
      ? []
      : [{ id, severity: f.severity, title: f.message, ...rangeOf(bytes, f.offset ?? 0, f.length ?? 0) }],
  );
}

type Props = { document: PaperDocument; chosen: number | undefined };

/** A PDF: its pages, or the text of a file that it carries. What is chosen by hand holds until
 * another finding is chosen. */
function PdfSource({ document, chosen, bytes }: Props & { bytes: Uint8Array }) {
  const { t } = useTranslation();
  const [attached, setAttached] = useState<Attached[]>([]);
  const [turned, setTurned] = useState<{ by: number | undefined; page: number }>({ by: undefined, page: 1 });
  const [picked, setPicked] = useState<{ by: number | undefined; name: string }>({ by: undefined, name: "" });
  const finding = chosen === undefined ? undefined : document.findings[chosen];
  const page = turned.by === chosen ? turned.page : (pageOf(finding) ?? turned.page);
  const part = picked.by === chosen ? picked.name : partOf(finding);
  const file = attached.find((a) => a.name === part);
  return (
    <div className={classes.pdf}>
      {attached.length > 0 && (
        <Group gap={4} p={4} className={classes.parts}>
          {["", ...attached.map((a) => a.name)].map((name) => (
            <Button
              key={name}
              size="compact-xs"
              variant={name === (file?.name ?? "") ? "filled" : "default"}
              aria-pressed={name === (file?.name ?? "")}
              onClick={() => setPicked({ by: chosen, name })}
            >
              {name || t("document.pages")}
            </Button>
          ))}
        </Group>
      )}
      <div className={classes.view} hidden={file !== undefined}>
        <Suspense fallback={<Loader m="md" size="sm" aria-label={t("common.loading")} />}>
          <PdfView
            bytes={bytes}
            page={page}
            onPage={(p) => setTurned({ by: chosen, page: p })}
            onAttached={setAttached}
            label={t("document.source")}
          />
        </Suspense>
      </div>
      {file && (
        <div className={classes.view}>
          <SourceView
            bytes={file.bytes}
            marks={marksIn(file.bytes, document.findings, file.name)}
            chosen={chosen}
            label={file.name}
          />
        </div>
      )}
    </div>
  );
}

/** The original of a paper as it was received, with the place of each finding marked. */
export function Original({ document, chosen }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(original(document.id));
  const marks = useMemo<Mark[]>(
    () => (data && textual.has(data.media) ? marksIn(data.bytes, document.findings, "") : []),
    [data, document.findings],
  );
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loader m="md" size="sm" aria-label={t("common.loading")} />;
  if (textual.has(data.media)) {
    return (
      <Sides
        paper={document}
        label={t("document.asRead")}
        first={marks.length > 0 ? "original" : "read"}
        chosen={chosen}
      >
        <SourceView bytes={data.bytes} marks={marks} chosen={chosen} label={t("document.source")} />
      </Sides>
    );
  }
  if (data.media === "application/pdf") return <PdfSource document={document} chosen={chosen} bytes={data.bytes} />;
  return <Text p="md">{t("document.binary")}</Text>;
}
