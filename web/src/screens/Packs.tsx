import { Group, Text, Title } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { packs } from "../api/queries";
import { Badge, type Tone } from "../ui/Badge";
import { instant, instantLong } from "../ui/format";
import classes from "./Packs.module.css";

const tones: Record<Schemas["Verdict"]["answer"], Tone> = { pass: "good", fail: "bad", unknown: "unknown" };

export function VerdictBadge({ verdict: v }: { verdict: Schemas["Verdict"] }) {
  const { t } = useTranslation();
  return (
    <Badge tone={tones[v.answer]}>
      {t("packs.verdict", { question: t(`question.${v.question}`), answer: t(`answer.${v.answer}`) })}
    </Badge>
  );
}

/** The trades, with what is known of each. Unknown is shown as unknown. */
export function Packs() {
  const { t } = useTranslation();
  const { data } = useSuspenseQuery(packs);
  if (data.items.length === 0) {
    return (
      <div className={classes.empty}>
        <Title order={1}>{t("packs.empty.title")}</Title>
        <Text c="dimmed">{t("packs.empty.text")}</Text>
      </div>
    );
  }
  return (
    <div className={classes.all}>
      <Title order={1} mb="md">
        {t("packs.title")}
      </Title>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t("packs.name")}</th>
            <th scope="col">{t("packs.papers")}</th>
            <th scope="col">{t("packs.verdicts")}</th>
            <th scope="col">{t("packs.opened")}</th>
          </tr>
        </thead>
        <tbody>
          {data.items.map((pack) => (
            <tr key={pack.id}>
              <th scope="row">
                <Link to="/packs/$id" params={{ id: pack.id }} className={classes.link}>
                  {pack.title}
                </Link>
              </th>
              <td className={classes.number}>{pack.documents.length}</td>
              <td>
                <Group gap={4}>
                  {pack.verdicts_stand && pack.verification ? (
                    pack.verification.verdicts.map((v) => <VerdictBadge key={v.question} verdict={v} />)
                  ) : (
                    <Badge tone="unknown">{t("packs.unverified")}</Badge>
                  )}
                </Group>
              </td>
              <td className={classes.date}>
                <time dateTime={pack.created_at} title={instantLong(pack.created_at)}>
                  {instant(pack.created_at)}
                </time>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
