import { Button, Group, Loader, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PaperDocument } from "../api/client";
import { original } from "../api/queries";
import { ProblemNote } from "../ui/ProblemNote";
import classes from "./Original.module.css";
import type { Attached } from "./PdfView";
import { marksIn, pageOf, partOf, type Place } from "./places";
import { Sides } from "./Sides";
import { SourceView } from "./SourceView";

const PdfView = lazy(() => import("./PdfView").then((m) => ({ default: m.PdfView })));

const textual = new Set(["application/xml", "text/xml", "application/json", "text/csv", "text/plain"]);

type Props = {
  id: string;
  /** What was read of it; undefined while that is asked for, null where it cannot be told. */
  read: PaperDocument | null | undefined;
  places: readonly Place[];
  /** The id of the place that is asked for. */
  chosen: number | undefined;
  /** What a screen reader calls it; without one, what it is. */
  label?: string;
  /** Whether the original stands before what was read of it when it has a place to show. */
  placesFirst?: boolean;
};

/** A PDF: its pages, or the text of a file that it carries. What is chosen by hand holds until
 * another place is chosen. */
function PdfSource({ places, chosen, bytes, label }: Pick<Props, "places" | "chosen"> & { bytes: Uint8Array; label: string }) {
  const { t } = useTranslation();
  const [attached, setAttached] = useState<Attached[]>([]);
  const [turned, setTurned] = useState<{ by: number | undefined; page: number }>({ by: undefined, page: 1 });
  const [picked, setPicked] = useState<{ by: number | undefined; name: string }>({ by: undefined, name: "" });
  const path = chosen === undefined ? undefined : places.find((p) => p.id === chosen)?.path;
  const page = turned.by === chosen ? turned.page : (pageOf(path) ?? turned.page);
  const part = picked.by === chosen ? picked.name : partOf(path);
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
            label={label}
          />
        </Suspense>
      </div>
      {file && (
        <div className={classes.view}>
          <SourceView bytes={file.bytes} marks={marksIn(file.bytes, places, file.name)} chosen={chosen} label={file.name} />
        </div>
      )}
    </div>
  );
}

/** The original of a paper as it was received, with the places marked that something is said of. */
export function Original({ id, read, places, chosen, label, placesFirst = false }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(original(id));
  const marks = useMemo(() => (data && textual.has(data.media) ? marksIn(data.bytes, places) : []), [data, places]);
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data || (read === undefined && textual.has(data.media))) {
    return <Loader m="md" size="sm" aria-label={t("common.loading")} />;
  }
  if (textual.has(data.media)) {
    return (
      <Sides
        key={id}
        paper={read ?? undefined}
        label={label ?? t("document.asRead")}
        first={placesFirst && marks.length > 0 ? "original" : "read"}
        chosen={marks.some((m) => m.id === chosen) ? chosen : undefined}
      >
        <SourceView bytes={data.bytes} marks={marks} chosen={chosen} label={label ?? t("document.source")} />
      </Sides>
    );
  }
  if (data.media === "application/pdf") {
    return <PdfSource key={id} places={places} chosen={chosen} bytes={data.bytes} label={label ?? t("document.source")} />;
  }
  return <Text p="md">{t("document.binary")}</Text>;
}
