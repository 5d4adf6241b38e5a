import { Button, Group, Loader, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { original, paper } from "../../api/queries";
import { rangeOf } from "../../source/lines";
import type { Attached } from "../../source/PdfView";
import { Sides } from "../../source/Sides";
import { type Mark, SourceView } from "../../source/SourceView";
import { ProblemNote } from "../../ui/ProblemNote";
import classes from "./Review.module.css";

const PdfView = lazy(() => import("../../source/PdfView").then((m) => ({ default: m.PdfView })));

const textual = new Set(["application/xml", "text/xml", "application/json", "text/csv", "text/plain"]);

/** A place in a paper that a check is about; its id is that of the check. */
export type Spot = { id: number; path: string; offset: number | undefined; length: number | undefined; bad: boolean; title: string };

const partOf = (path: string) => /^([^/:]+):/.exec(path)?.[1] ?? "";
const pageOf = (path: string) => Number(/^page (\d+)/.exec(path)?.[1] ?? 0);

function marksIn(bytes: Uint8Array, spots: Spot[], part: string): Mark[] {
  return spots.flatMap((s) =>
    (s.offset === undefined && s.length === undefined) || partOf(s.path) !== part
      ? []
      : [
          {
            id: s.id,
            severity: s.bad ? ("fatal" as const) : ("warning" as const),
            title: s.title,
            ...rangeOf(bytes, s.offset ?? 0, s.length ?? 0),
          },
        ],
  );
}

type Props = { document: string; label: string; spots: Spot[]; chosen: number | undefined };

/** The original of a paper with the places of checks marked. */
export function PaperView({ document, label, spots, chosen }: Props) {
  const { t, i18n } = useTranslation();
  const { data, error, refetch } = useQuery(original(document));
  const { data: read } = useQuery(paper(document, i18n.language));
  const marks = useMemo(() => (data && textual.has(data.media) ? marksIn(data.bytes, spots, "") : []), [data, spots]);
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loader m="md" size="sm" aria-label={t("common.loading")} />;
  if (textual.has(data.media)) {
    const place = marks.some((m) => m.id === chosen) ? chosen : undefined;
    return (
      <Sides key={document} paper={read} label={label} first="read" chosen={place}>
        <SourceView bytes={data.bytes} marks={marks} chosen={chosen} label={label} />
      </Sides>
    );
  }
  if (data.media === "application/pdf") {
    return <Pdf bytes={data.bytes} label={label} spots={spots} chosen={chosen} />;
  }
  return <Text p="md">{t("document.binary")}</Text>;
}

function Pdf({ bytes, label, spots, chosen }: Omit<Props, "document"> & { bytes: Uint8Array }) {
  const { t } = useTranslation();
  const [attached, setAttached] = useState<Attached[]>([]);
  const [turned, setTurned] = useState<{ by: number | undefined; page: number }>({ by: undefined, page: 1 });
  const [picked, setPicked] = useState<{ by: number | undefined; name: string }>({ by: undefined, name: "" });
  const path = spots.find((s) => s.id === chosen)?.path ?? "";
  const page = turned.by === chosen ? turned.page : pageOf(path) || turned.page;
  const part = picked.by === chosen ? picked.name : partOf(path);
  const file = attached.find((a) => a.name === part);
  return (
    <div className={classes.pdf}>
      {attached.length > 0 && (
        <Group gap={4} p={4}>
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
            label={label}
          />
        </Suspense>
      </div>
      {file && (
        <div className={classes.view}>
          <SourceView
            bytes={file.bytes}
            marks={marksIn(file.bytes, spots, file.name)}
            chosen={chosen}
            label={file.name}
          />
        </div>
      )}
    </div>
  );
}
