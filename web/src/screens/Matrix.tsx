import type { MouseEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { Badge, type Tone } from "../ui/Badge";
import { stated } from "../ui/format";
import classes from "./Matrix.module.css";

type MatrixData = Schemas["Matrix"];
type Row = MatrixData["rows"][number];
type Cell = Schemas["MatrixCell"];

/** A cell, by the row and the column it stands in. */
export type At = { row: number; column: number };

export const tones: Record<Cell["state"], Tone> = {
  agrees: "good",
  agrees_within_tolerance: "good",
  contradicts: "bad",
  silent: "quiet",
  stale: "attention",
};

function CellButton({ row, cell, chosen, onChoose }: { row: Row; cell: Cell; chosen: boolean; onChoose: () => void }) {
  const { t } = useTranslation();
  if (cell.state === "silent" || !cell.value) {
    return (
      <span className={classes.silent} title={t("cell.silent")}>
        —<span className={classes.hidden}>{t("cell.silent")}</span>
      </span>
    );
  }
  // On a phone a cell may be chosen by its edge: all of it is to be seen.
  const choose = ({ currentTarget }: MouseEvent<HTMLButtonElement>) => {
    currentTarget.scrollIntoView({ block: "nearest", inline: "nearest" });
    onChoose();
  };
  return (
    <button type="button" className={classes.cell} data-state={cell.state} data-chosen={chosen || undefined} aria-pressed={chosen} onClick={choose}>
      <span className={classes.value}>{row.fact === "item" ? cell.value : stated(cell.value)}</span>
      <span className={classes.badges}>
        {cell.claim && <Badge tone="quiet">{t("cell.claim")}</Badge>}
        {(!cell.claim || cell.state === "contradicts") && <Badge tone={tones[cell.state]}>{t(`cell.${cell.state}`)}</Badge>}
      </span>
    </button>
  );
}

type Props = {
  matrix: MatrixData;
  nameOf: (organisation: string) => string;
  chosen: At | undefined;
  onChoose: (at: At) => void;
};

/** Facts by papers: who says what, and who agrees. */
export function Matrix({ matrix, nameOf, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const groups = new Map<number, { title: string; rows: { row: Row; index: number }[] }>();
  matrix.rows.forEach((row, index) => {
    const goods = row.goods ?? 0;
    const title = goods === 0 ? t("pack.whole") : t("pack.goods", { number: goods, item: row.item ?? "" });
    const group = groups.get(goods) ?? { title, rows: [] };
    group.rows.push({ row, index });
    groups.set(goods, group);
  });
  const ordered = [...groups.entries()].sort(([a], [b]) => a - b).map(([, group]) => group);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a table that scrolls takes the keyboard
    <section className={classes.scroller} tabIndex={0} aria-label={t("pack.matrix")}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t("pack.fact")}</th>
            {matrix.columns.map((c) => (
              <th scope="col" key={c.source}>
                {t(`kind.${c.kind}`)} {c.number}
                <span className={classes.by}>{t("pack.uploader", { name: nameOf(c.uploader) })}</span>
              </th>
            ))}
          </tr>
        </thead>
        {ordered.map((group) => (
          <tbody key={group.title}>
            <tr>
              <th scope="rowgroup" colSpan={matrix.columns.length + 1} className={classes.group}>
                <span className={classes.title}>{group.title}</span>
              </th>
            </tr>
            {group.rows.map(({ row, index }) => (
              <tr key={`${row.goods ?? 0}-${row.fact}`} data-state={row.state}>
                <th scope="row">{t(`fact.${row.fact as "seller"}`)}</th>
                {row.cells.map((cell, column) => (
                  <td key={matrix.columns[column]?.source ?? column}>
                    <CellButton
                      row={row}
                      cell={cell}
                      chosen={chosen?.row === index && chosen.column === column}
                      onChoose={() => onChoose({ row: index, column })}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </section>
  );
}
