import { Loader, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { original } from "../api/queries";
import { marksIn } from "../source/places";
import { type Mark, SourceView } from "../source/SourceView";
import { ProblemNote } from "../ui/ProblemNote";
import classes from "./Compare.module.css";
import type { At } from "./Matrix";

type Cell = Schemas["MatrixCell"];
type Column = Schemas["Matrix"]["columns"][number];

/** One paper with the places marked where it states a fact. */
function Side({ title, column, cell }: { title: string; column: Column; cell: Cell }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(original(column.source));
  const places = cell.places;
  const marks = useMemo<Mark[]>(() => {
    if (!data) return [];
    const severity = cell.state === "contradicts" ? ("fatal" as const) : ("warning" as const);
    return marksIn(
      data.bytes,
      (places ?? []).map(({ offset, length }, id) => ({ id, severity, title: cell.value ?? "", offset, length })),
    );
  }, [data, places, cell.state, cell.value]);
  const name = `${t(`kind.${column.kind}`)} ${column.number}`;
  return (
    <div className={classes.side}>
      <div className={classes.head}>
        <Text size="xs" c="dimmed">
          {title}
        </Text>
        <Link to="/documents/$id" params={{ id: column.source }} className={classes.link} title={t("pack.open")}>
          {name}
        </Link>
        <strong className={classes.value}>{cell.value}</strong>
      </div>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loader m="md" size="sm" aria-label={t("common.loading")} />}
      {data && marks.length > 0 && <SourceView bytes={data.bytes} marks={marks} chosen={0} label={name} />}
      {data && marks.length === 0 && (
        <Text size="sm" p="sm">
          {places?.map((p) => p.path).join(", ") || t("document.noPlace")}
        </Text>
      )}
    </div>
  );
}

/** The claim and one source of a fact beside each other, both lit up. */
export function Compare({ matrix, at }: { matrix: Schemas["Matrix"]; at: At }) {
  const { t } = useTranslation();
  const row = matrix.rows[at.row];
  const cell = row?.cells[at.column];
  const column = matrix.columns[at.column];
  if (!row || !cell || !column) return null;
  const claimed = row.cells.findIndex((c) => c.claim);
  const claim = row.cells[claimed];
  const claimColumn = matrix.columns[claimed];
  const fact = t(`fact.${row.fact as "seller"}`);
  return (
    <section className={classes.all} aria-label={t("pack.compare", { fact })} data-testid="compare">
      {claim && claimColumn && claimed !== at.column ? (
        <Side key={`claim-${at.row}`} title={t("pack.claimOf")} column={claimColumn} cell={claim} />
      ) : (
        !claim && (
          <Text size="sm" p="sm">
            {t("pack.noClaim")}
          </Text>
        )
      )}
      <Side
        key={`${at.row}-${at.column}`}
        title={claimed === at.column ? t("pack.claimOf") : t("pack.sourceOf")}
        column={column}
        cell={cell}
      />
    </section>
  );
}
