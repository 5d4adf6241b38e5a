import { ActionIcon, Button, Group, Text, Title } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Pack, type Schemas, taken } from "../api/client";
import { useNames } from "../api/names";
import { me, pack as packQuery } from "../api/queries";
import { Badge } from "../ui/Badge";
import { amount, instant, stated } from "../ui/format";
import { ProblemNote } from "../ui/ProblemNote";
import { Whole } from "../ui/Whole";
import { DropZone } from "../upload/DropZone";
import { Compare } from "./Compare";
import { FindingsBadges, StateBadge } from "./documents/badges";
import { PackFinancing, useAsked } from "./financing/PackFinancing";
import { type At, Matrix } from "./Matrix";
import classes from "./Pack.module.css";
import { VerdictBadge } from "./Packs";
import { PackRequests } from "./requests/PackRequests";

type MatchFinding = Schemas["Matrix"]["findings"][number];

function Obstacle({ finding: f }: { finding: MatchFinding }) {
  const { t } = useTranslation();
  return (
    <li className={classes.obstacle}>
      <Group gap={8}>
        <Badge tone={f.severity === "block" ? "bad" : "attention"}>{t(f.severity === "block" ? "pack.blocks" : "pack.warns")}</Badge>
        <strong>{t(`match.${f.code.replace(/^match\./, "") as "party"}`)}</strong>
      </Group>
      <Text size="sm">
        <Whole text={f.sentence} />
      </Text>
      {(f.claimed || f.found) && (
        <Text size="sm" className={classes.numbers}>
          {f.claimed && t("pack.claimed", { value: stated(f.claimed) })}
          {f.claimed && f.found && " · "}
          {f.found && t("pack.found", { value: stated(f.found) })}
        </Text>
      )}
      {f.advice && (
        <Text size="sm" c="dimmed">
          {f.advice}
        </Text>
      )}
    </li>
  );
}

function Verdicts({ pack }: { pack: Pack }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const v = pack.verification;
  const again = useMutation({
    mutationFn: () =>
      taken(
        api.POST("/v1/packs/{pack}/verification", {
          params: { path: { pack: pack.id }, header: { "Idempotency-Key": window.crypto.randomUUID() } },
          body: pack.programme ? { programme: pack.programme } : {},
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["pack", pack.id] }),
  });
  return (
    <section className={classes.part}>
      <Group gap={8}>
        {v?.verdicts.map((verdict) => (
          <VerdictBadge key={verdict.question} verdict={verdict} stands={pack.verdicts_stand} />
        ))}
        <Button size="compact-sm" variant="default" loading={again.isPending} onClick={() => again.mutate()}>
          {t("pack.verify")}
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mt={4}>
        {!v && t("pack.never")}
        {v && pack.verdicts_stand && t("pack.verified", { when: instant(v.taken_at), until: instant(v.expires_at) })}
        {v && !pack.verdicts_stand && t("pack.stale")}
      </Text>
      {again.isError && <ProblemNote error={again.error} />}
    </section>
  );
}

function Papers({ pack }: { pack: Pack }) {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const mayBring = actor.roles.includes("maker") || actor.roles.includes("operator");
  return (
    <section className={classes.part}>
      <Title order={2}>{t("pack.papers")}</Title>
      <ul className={classes.papers}>
        {pack.papers?.map((paper) => (
          <li key={paper.id}>
            <Link to="/documents/$id" params={{ id: paper.id }} className={classes.link}>
              {t(`kind.${paper.kind ?? "unread"}`)} {paper.number || paper.file_name}
            </Link>
            <StateBadge state={paper.state} />
            <FindingsBadges paper={paper} />
          </li>
        ))}
      </ul>
      {mayBring ? <DropZone pack={pack.id} /> : <Text size="sm">{t("upload.forbidden")}</Text>}
    </section>
  );
}

type MatrixOf = NonNullable<Pack["verification"]>["matrix"];

/** Where in the matrix a paper states a fact: papers that came since it was chosen have moved it. */
function placeOf(matrix: MatrixOf, { goods, fact, source }: { goods: number; fact: string; source: string }): At | undefined {
  const row = matrix.rows.findIndex((r) => (r.goods ?? 0) === goods && r.fact === fact);
  const column = matrix.columns.findIndex((c) => c.source === source);
  return row < 0 || column < 0 ? undefined : { row, column };
}

/** Parties in the order in which a trade is told. */
const sides = ["seller", "obligor", "bank", "warehouse", "carrier", "reader"];

export function PackScreen() {
  const { t, i18n } = useTranslation();
  const { id } = useParams({ from: "/inside/packs/$id" });
  const { data: pack } = useSuspenseQuery(packQuery(id, i18n.language));
  const nameOf = useNames();
  const [chosen, setChosen] = useState<Parameters<typeof placeOf>[1]>();
  const compare = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen) compare.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  const matrix = pack.verification?.matrix;
  const payable = matrix?.financeable_amount;
  const { data: actor } = useSuspenseQuery(me);
  // Only a seller sees all that was asked for with its trade: what is asked for or paid out is not open to be financed.
  const seller = pack.parties.some((p) => p.side === "seller" && p.organisation === actor.organisation);
  const free = useAsked(pack.id)?.live === false && seller;
  const at = matrix && chosen && placeOf(matrix, chosen);
  return (
    <div className={classes.all}>
      <Group gap={12} wrap="nowrap">
        <ActionIcon component={Link} to="/packs" variant="subtle" aria-label={t("pack.back")}>
          <IconArrowLeft size={18} />
        </ActionIcon>
        <Title order={1} translate="no">
          {pack.title}
        </Title>
      </Group>
      <dl className={classes.parties}>
        {pack.parties.toSorted((a, b) => sides.indexOf(a.side) - sides.indexOf(b.side)).map((p) => (
          <div key={p.side + p.organisation}>
            <dt>{t(`side.${p.side}`)}</dt>
            <dd>{nameOf(p.organisation)}</dd>
          </div>
        ))}
      </dl>
      <Verdicts pack={pack} />
      <PackFinancing pack={pack} />
      <Papers pack={pack} />
      <PackRequests pack={pack} className={classes.part} />
      {matrix && (
        <>
          <section className={classes.part}>
            <Title order={2}>{t("pack.findings")}</Title>
            {payable && free && !matrix.findings.some((f) => f.severity === "block") && (
              <Text size="sm">
                {t("pack.financeable", { amount: `${amount(payable.amount, payable.currency)} ${payable.currency}` })}
              </Text>
            )}
            {matrix.missing?.map((kinds) => (
              <Text size="sm" key={kinds.join()}>
                {t("pack.missing", { kinds: kinds.map((k) => t(`kind.${k}`)).join(t("pack.oneOf")) })}
              </Text>
            ))}
            {matrix.findings.length === 0 ? (
              <Text size="sm">{t("pack.none")}</Text>
            ) : (
              <ul className={classes.obstacles}>
                {matrix.findings.map((f) => (
                  <Obstacle key={`${f.code} ${f.fact ?? ""} ${f.goods ?? 0} ${f.sentence}`} finding={f} />
                ))}
              </ul>
            )}
          </section>
          <section className={classes.part}>
            <Title order={2}>{t("pack.matrix")}</Title>
            <Text size="sm" c="dimmed" mb="xs">
              {t("pack.matrixHelp")}
            </Text>
            <Matrix
              matrix={matrix}
              nameOf={nameOf}
              chosen={at}
              onChoose={({ row, column }) => {
                const [of, paper] = [matrix.rows[row], matrix.columns[column]];
                if (of && paper) setChosen({ goods: of.goods ?? 0, fact: of.fact, source: paper.source });
              }}
            />
            <div ref={compare} className={classes.compare}>
              {at && <Compare matrix={matrix} at={at} />}
            </div>
          </section>
        </>
      )}
    </div>
  );
}
