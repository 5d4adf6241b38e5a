import { useVirtualizer } from "@tanstack/react-virtual";
import { Fragment, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { count } from "../ui/format";
import { lineAt, linesOf, maxLines, piecesOf, type Range } from "./lines";
import classes from "./SourceView.module.css";

export type Mark = Range & { id: number; severity: "fatal" | "warning"; title: string };

type Props = {
  bytes: Uint8Array;
  marks: Mark[];
  chosen: number | undefined;
  label: string;
};

/** Markup is dimmed, so that values stand out. */
function Tinted({ text }: { text: string }) {
  const parts: { at: number; part: string }[] = [];
  let at = 0;
  for (const part of text.split(/(<[^>]*>?)/)) {
    parts.push({ at, part });
    at += part.length;
  }
  return parts.map(({ at: key, part }) =>
    part.startsWith("<") ? (
      <span key={key} className={classes.tag}>
        {part}
      </span>
    ) : (
      <Fragment key={key}>{part}</Fragment>
    ),
  );
}

/** The text of an original, with the places of findings marked. */
export function SourceView({ bytes, marks, chosen, label }: Props) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => linesOf(bytes), [bytes]);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 20,
    overscan: 30,
  });

  const target = marks.find((m) => m.id === chosen);
  const targetLine = target ? lineAt(lines, target.start) : undefined;
  useEffect(() => {
    if (targetLine === undefined) return;
    rows.scrollToIndex(targetLine, { align: "center" });
    // Lines that wrap are measured as they appear: the mark itself is the place to go to.
    let frame = window.requestAnimationFrame(() => {
      frame = window.requestAnimationFrame(() => {
        scroller.current?.querySelector("mark[data-chosen]")?.scrollIntoView({ block: "center", inline: "nearest" });
      });
    });
    return () => window.cancelAnimationFrame(frame);
  }, [targetLine, chosen, rows]);

  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a pane that scrolls takes the keyboard */}
      <section ref={scroller} className={classes.pane} tabIndex={0} aria-label={label} data-testid="source">
        <div className={classes.all} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => {
            const line = lines[row.index];
            if (!line) return null;
            const first = row.index === 0 || lines[row.index - 1]?.number !== line.number;
            return (
              <div
                key={row.key}
                ref={rows.measureElement}
                data-index={row.index}
                className={classes.line}
                style={{ transform: `translateY(${row.start}px)` }}
              >
                <span className={classes.number} aria-hidden>
                  {first ? line.number : ""}
                </span>
                <code className={classes.text}>
                  {piecesOf(bytes, line, marks).map((piece) => {
                    const mark = piece.marks.find((m) => m.id === chosen) ?? piece.marks[0];
                    if (!mark) return <Tinted key={piece.start} text={piece.text} />;
                    return (
                      <mark
                        key={piece.start}
                        className={classes.mark}
                        data-severity={mark.severity}
                        data-chosen={mark.id === chosen || undefined}
                        title={mark.title}
                      >
                        {piece.text}
                      </mark>
                    );
                  })}
                </code>
              </div>
            );
          })}
        </div>
      </section>
      {lines.length >= maxLines && <p className={classes.note}>{t("document.tooLong", { lines: count(maxLines) })}</p>}
    </>
  );
}
