import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useNames } from "../../api/names";
import { type Edge, graph, type Node } from "./moments";
import type { Trace } from "./queries";
import { useThing } from "./Timeline";
import classes from "./Trace.module.css";

// The measures of the drawing, in its own units.
const boxWidth = 204;
const boxHeight = 58;
const gapX = 44;
const gapY = 14;
const letters = 23; // of a line in a box, in the widest face that a system has
const lane = 12; // between lines that go around

/** Who brought what, what the receivable rests on, and what is lent on it. */
export function Graph({ of }: { of: Trace }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const thing = useThing(of);
  const { nodes, edges } = graph(of);
  const used = [...new Set(nodes.map((n) => n.column))].toSorted((a, b) => a - b);
  const tallest = Math.max(...used.map((c) => nodes.filter((n) => n.column === c).length));
  const height = tallest * (boxHeight + gapY) - gapY;
  const columnOf = (id: string) => used.indexOf(nodes.find((n) => n.id === id)?.column ?? 0);
  // What is not beside each other is joined around what stands between: on top from the left, below
  // from the right.
  const around = edges.filter((e) => Math.abs(columnOf(e.from) - columnOf(e.to)) > 1);
  const above = around.filter((e) => columnOf(e.from) < columnOf(e.to));
  const below = around.filter((e) => columnOf(e.from) > columnOf(e.to));
  const detour = (e: Edge, from: Node, to: Node) => {
    const up = above.includes(e);
    const all = up ? above : below;
    const n = all.indexOf(e);
    const level = up ? -lane * (n + 1) : height + lane * (n + 1);
    const [a, b] = [place(from), place(to)];
    const out = up ? a.x + boxWidth : a.x;
    const turn = out + (up ? 1 : -1) * (lane + n * 6);
    const start = `M${out} ${a.y + boxHeight / 2} H${turn} V${level}`;
    if (to.kind === "receivable") {
      const x = b.x + (boxWidth * (n + 1)) / (all.length + 1);
      return `${start} H${x} V${up ? b.y : b.y + boxHeight}`;
    }
    const into = up ? b.x : b.x + boxWidth;
    return `${start} H${into - (up ? 1 : -1) * (lane + n * 6)} V${b.y + boxHeight / 2} H${into}`;
  };
  const place = (n: Node) => {
    const own = nodes.filter((m) => m.column === n.column).length * (boxHeight + gapY) - gapY;
    return { x: used.indexOf(n.column) * (boxWidth + gapX), y: (height - own) / 2 + n.row * (boxHeight + gapY) };
  };
  const name = (n: Node) => (n.kind === "party" ? nameOf(n.id) : thing(n.kind, n.id));
  // In its box a thing stands under its kind: a paper with a number under what paper it is, so that
  // the number has the line for itself.
  const inBox = (n: Node): { kind: string; bare: string } => {
    const kind = t(`trace.nodeKind.${n.kind}`);
    if (n.kind === "receivable") return { kind, bare: of.receivable.number };
    if (n.kind === "financing") return { kind, bare: nameOf(of.financings.find((f) => f.id === n.id)?.bank ?? "") };
    const paper = of.papers.find((p) => p.id === n.id);
    return paper?.number ? { kind: t(`kind.${paper.kind ?? "unread"}`), bare: paper.number } : { kind, bare: name(n) };
  };
  const width = used.length * (boxWidth + gapX) - gapX;
  const tall = height + 4 + (above.length + below.length) * lane;
  const sentence = (e: Edge) => {
    const [from, to] = [nodes.find((n) => n.id === e.from), nodes.find((n) => n.id === e.to)];
    return from && to ? t(`trace.edge.${e.word}`, { from: name(from), to: name(to) }) : "";
  };
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a drawing that scrolls takes the keyboard */}
      <section className={classes.scroller} tabIndex={0} aria-label={t("trace.view.graph")}>
        <svg
          role="img"
          aria-label={t("trace.graphAbout", { papers: of.papers.length, financings: of.financings.length })}
          viewBox={`-2 ${-2 - above.length * lane} ${width + 4} ${tall}`}
          width={width + 4}
          height={tall}
          className={classes.graph}
        >
          {edges.map((e) => {
            const [from, to] = [nodes.find((n) => n.id === e.from), nodes.find((n) => n.id === e.to)];
            if (!from || !to) return null;
            const key = `${e.from}/${e.to}/${e.word}`;
            if (around.includes(e)) return <path key={key} d={detour(e, from, to)} className={classes.edge} data-word={e.word} />;
            const [left, right] = from.column <= to.column ? [place(from), place(to)] : [place(to), place(from)];
            const [x1, y1] = [left.x + boxWidth, left.y + boxHeight / 2];
            const [x2, y2] = [right.x, right.y + boxHeight / 2];
            const bend = Math.min((x2 - x1) / 2, gapX);
            return (
              <path
                key={key}
                d={`M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
                className={classes.edge}
                data-word={e.word}
              />
            );
          })}
          {nodes.map((n) => {
            const { x, y } = place(n);
            const { kind, bare } = inBox(n);
            const lines = inLines(bare);
            const top = y + (lines.length > 1 ? 17 : 24);
            return (
              <g key={n.id} data-kind={n.kind} className={classes.node}>
                <rect x={x} y={y} width={boxWidth} height={boxHeight} rx={4} />
                <text x={x + 10} y={top} className={classes.kind}>
                  {kind}
                </text>
                <text y={top + 17} {...asNamed}>
                  <title>{name(n)}</title>
                  {lines.map((line, at) => (
                    <tspan key={line} x={x + 10} dy={at * 15}>
                      {line}
                    </tspan>
                  ))}
                </text>
              </g>
            );
          })}
        </svg>
      </section>
      <details className={classes.proof}>
        <summary>{t("trace.graphWords")}</summary>
        <ul className={classes.words}>
          {edges.map((e) => (
            <li key={`${e.from}/${e.to}/${e.word}`}>{sentence(e)}</li>
          ))}
        </ul>
        <Text size="sm" c="dimmed">
          {t("trace.graphTable")}
        </Text>
      </details>
    </>
  );
}

const asNamed = { translate: "no" }; // React's types do not know it of a drawing

/** A name in at most two lines of its box, broken at a space where there is one. */
function inLines(name: string): string[] {
  const start = fitting(name);
  if (start === name) return [name];
  const space = name.slice(0, start.length + 1).lastIndexOf(" ");
  const first = space > 0 ? name.slice(0, space) : start;
  const rest = name.slice(first.length).trimStart();
  const second = fitting(rest);
  return [first, second === rest ? rest : `${second}…`];
}

/** What of a text fits a line; a Chinese character is as wide as two letters. */
function fitting(text: string): string {
  let taken = 0;
  let out = "";
  for (const c of text) {
    taken += (c.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1;
    if (taken > letters) break;
    out += c;
  }
  return out;
}
