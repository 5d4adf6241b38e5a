import { ActionIcon, Alert, Group, Text, Title } from "@mantine/core";
import { IconArrowLeft, IconClock } from "@tabler/icons-react";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useNames } from "../../api/names";
import { me } from "../../api/queries";
import { Badge } from "../../ui/Badge";
import { count } from "../../ui/format";
import { Money } from "../../ui/Money";
import { Whole } from "../../ui/Whole";
import { When } from "../../ui/When";
import { Digest } from "../../signing/Digest";
import { Graph } from "./Graph";
import { Papers } from "./Papers";
import { ProofPanel } from "./ProofPanel";
import { trace } from "./queries";
import { StepTable } from "./StepTable";
import { Timeline } from "./Timeline";
import { toneOf } from "./tones";
import classes from "./Trace.module.css";

export const traceViews = ["timeline", "graph", "table"] as const;
export type TraceView = (typeof traceViews)[number];

/** Where a receivable comes from: every step, paper and financing, and all of it computed again. */
export function TraceScreen() {
  const { t } = useTranslation();
  const { id } = useParams({ from: "/inside/trace/$id" });
  const { view = "timeline" } = useSearch({ from: "/inside/trace/$id" });
  const { data: of } = useSuspenseQuery(trace(id));
  const { data: actor } = useSuspenseQuery(me);
  const navigate = useNavigate();
  const nameOf = useNames();
  const r = of.receivable;
  const party = [r.seller, r.obligor, r.owner].includes(actor.organisation);
  return (
    <div className={classes.all}>
      <Group gap={12} wrap="nowrap">
        <ActionIcon
          variant="subtle"
          aria-label={t("trace.back")}
          onClick={() => (window.history.length > 1 ? window.history.back() : void navigate({ to: "/search" }))}
        >
          <IconArrowLeft size={18} />
        </ActionIcon>
        <Title order={1} className={classes.title}>
          <Whole text={t("trace.title", { number: r.number })} />
        </Title>
        <Badge tone={toneOf(r.phase)}>{t(`trace.phase.${r.phase}`)}</Badge>
      </Group>
      <dl className={classes.facts}>
        <div>
          <dt>{t("trace.fact.face")}</dt>
          <dd>
            <Money value={r.face} />
          </dd>
        </div>
        {(
          [
            ["seller", nameOf(r.seller)],
            ["obligor", nameOf(r.obligor)],
            ["owner", nameOf(r.owner)],
            ["due", r.due_date],
          ] as const
        ).map(([name, value]) => (
          <div key={name}>
            <dt>{t(`trace.fact.${name}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {party && (
          <div>
            <dt>{t("trace.fact.open")}</dt>
            <dd>
              <Link to="/payables/$id" params={{ id: r.id }} className={classes.link}>
                {t("trace.openReceivable")}
              </Link>
            </dd>
          </div>
        )}
      </dl>
      {of.checkpoint.clock_note && (
        <Alert variant="light" color="orange" mt={12} icon={<IconClock size={18} />}>
          {t("trace.clock")}
        </Alert>
      )}
      <ProofPanel of={of} />
      <section className={classes.part} aria-labelledby="way">
        <Group justify="space-between" gap="sm">
          <Title order={2} id="way">
            {t("trace.way")}
          </Title>
          <nav className={classes.tabs} aria-label={t("trace.views")}>
            {traceViews.map((v) => (
              <Link
                key={v}
                to="/trace/$id"
                params={{ id }}
                search={v === "timeline" ? {} : { view: v }}
                replace
                activeOptions={{ exact: true, includeSearch: true }}
                className={classes.tab}
                aria-current={v === view ? "page" : undefined}
              >
                {t(`trace.view.${v}`)}
              </Link>
            ))}
          </nav>
        </Group>
        {view === "timeline" && <Timeline of={of} />}
        {view === "graph" && <Graph of={of} />}
        {view === "table" && <StepTable of={of} />}
      </section>
      <Papers of={of} />
      <section className={classes.part} aria-labelledby="checkpoint">
        <Title order={2} id="checkpoint">
          {t("trace.checkpoint.title")}
        </Title>
        <Group gap="xs" mt={4}>
          <Text size="sm">
            {t("trace.checkpoint.block", { block: count(of.checkpoint.block) })}{" "}
            <When at={of.checkpoint.at} />
          </Text>
          <Digest value={of.checkpoint.hash} />
        </Group>
        <Text size="sm" c="dimmed" maw={760}>
          {t("trace.checkpoint.about")}
        </Text>
      </section>
    </div>
  );
}
