import { ActionIcon, Group, Text, Title } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PaperDocument } from "../../api/client";
import { paper } from "../../api/queries";
import { Badge } from "../../ui/Badge";
import { decimal } from "../../ui/format";
import { StateBadge } from "../documents/badges";
import { FieldSource, type Place } from "./FieldSource";
import classes from "./Fields.module.css";
import { NotYours, useMine } from "./TypeIn";
import { Typing } from "./Typing";

type Leaf = { path: string; name: string; group: string; value: string; place: Place | undefined };

const hidden = new Set(["kind", "syntax", "profile", "places", "flaws"]);

/** The values that were read, in the order of the paper's model, each with its place. */
function leavesOf(fields: unknown, places: Record<string, Place>, path = "", group = ""): Leaf[] {
  if (typeof fields !== "object" || fields === null) return [];
  return Object.entries(fields).flatMap(([name, value]): Leaf[] => {
    if (path === "" && hidden.has(name)) return [];
    const at = path ? `${path}.${name}` : name;
    if (Array.isArray(value)) {
      return value.flatMap((v: unknown, n): Leaf[] =>
        typeof v === "object"
          ? leavesOf(v, places, `${at}[${n}]`, `${name} ${n + 1}`)
          : [{ path: `${at}[${n}]`, name, group, value: String(v), place: places[`${at}[${n}]`] }],
      );
    }
    if (typeof value === "object") return leavesOf(value, places, at, name);
    if (typeof value === "boolean" || value === "") return [];
    return [{ path: at, name, group, value: String(value), place: places[at] }];
  });
}

/** What enters a fingerprint is read twice, by two readers that share nothing; a paper on which
 * they differ is not trusted at all. */
const twice = /^(type_code|number|issue_date|order_ref|currency|totals\.payable)$|^(seller|buyer)\.(registration_id|vat|lei|name)$/;

function Sure({ document, leaf }: { document: PaperDocument; leaf: Leaf }) {
  const { t } = useTranslation();
  if (document.fields_by) return <Badge tone="asked">{t("fields.byPerson")}</Badge>;
  return twice.test(leaf.path) ? <Badge tone="good">{t("fields.twice")}</Badge> : <Badge tone="quiet">{t("fields.once")}</Badge>;
}

function useNameOf(): (leaf: Leaf) => string {
  const { t, i18n } = useTranslation();
  const word = (name: string) => (i18n.exists(`typed.${name}`) ? t(`typed.${name as "number"}`) : name);
  return (leaf) => {
    const own = word(leaf.name === "lines" ? "lines_total" : leaf.name);
    if (leaf.group === "" || leaf.group === "totals") return own;
    const [group = "", number] = leaf.group.split(" ");
    return `${word(group)}${number ? ` ${number}` : ""} · ${own}`;
  };
}

function Read({ document, chosen, onChoose }: { document: PaperDocument; chosen: Leaf | undefined; onChoose: (leaf: Leaf) => void }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const fields = (document.fields ?? {}) as { places?: Record<string, Place> };
  const leaves = leavesOf(fields, fields.places ?? {});
  if (leaves.length === 0) return <Text size="sm">{t("fields.nothing")}</Text>;
  return (
    <ul className={classes.read}>
      {leaves.map((leaf) => {
        const inside = (
          <>
            <span className={classes.label}>{nameOf(leaf)}</span>
            <span className={classes.text}>{/^-?\d+\.\d+$/.test(leaf.value) ? decimal(leaf.value) : leaf.value}</span>
            <Sure document={document} leaf={leaf} />
          </>
        );
        return (
          <li key={leaf.path}>
            {leaf.place ? (
              <button
                type="button"
                className={classes.value}
                data-chosen={leaf.path === chosen?.path || undefined}
                onFocus={() => onChoose(leaf)}
                onClick={() => onChoose(leaf)}
              >
                {inside}
              </button>
            ) : (
              <div className={classes.value}>{inside}</div>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The fields of a paper beside the paper itself. */
export function FieldsScreen() {
  const { t, i18n } = useTranslation();
  const { id } = useParams({ from: "/inside/documents/$id/fields" });
  const { back } = useSearch({ from: "/inside/documents/$id/fields" });
  const navigate = useNavigate();
  const { data: document } = useSuspenseQuery(paper(id, i18n.language));
  const [chosen, setChosen] = useState<Leaf>();
  const nameOf = useNameOf();
  const typing = document.state === "needs_fields";
  const mine = useMine(document);
  const leave = () =>
    void (back
      ? navigate({ to: "/upload", search: { documents: back } })
      : navigate({ to: "/documents/$id", params: { id } }));
  return (
    <div className={classes.all}>
      <Group className={classes.head} gap={12} wrap="nowrap">
        <ActionIcon variant="subtle" aria-label={t("fields.back")} onClick={leave}>
          <IconArrowLeft size={18} />
        </ActionIcon>
        <Title order={1} className={classes.title}>
          {typing
            ? t(mine ? "fields.title" : "fields.titleOthers", { file: document.file_name })
            : t("fields.titleRead", { kind: t(`kind.${document.kind ?? "unread"}`), number: document.number ?? "" })}
        </Title>
        <StateBadge state={document.state} />
      </Group>
      <div className={classes.columns}>
        <div className={classes.source}>
          <FieldSource document={document} place={chosen?.place} title={chosen ? nameOf(chosen) : ""} />
        </div>
        <section className={classes.side} aria-label={t("fields.form")}>
          {document.state === "received" && <Text size="sm">{t("fields.waits")}</Text>}
          {document.state === "unreadable" && <Text size="sm">{t("fields.unreadable")}</Text>}
          {typing && (mine ? <Typing document={document} onDone={leave} /> : <NotYours document={document} />)}
          {document.state === "parsed" && <Read document={document} chosen={chosen} onChoose={setChosen} />}
        </section>
      </div>
    </div>
  );
}
