import { Anchor, Button, Group, Loader, Text, Title } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Pack, Schemas } from "../../api/client";
import { me } from "../../api/queries";
import classes from "./Financing.module.css";
import { useNames } from "../../api/names";
import { financings } from "./queries";
import { RequestSheet } from "./RequestSheet";
import { AskSheet, type Wanted } from "../requests/AskSheet";
import { StatusBadge, statusOf } from "./status";

type Kind = Schemas["DocumentKind"];

/** Who issues a kind of paper: whom to ask for it. */
const issuers: Partial<Record<Kind, Schemas["PackSide"]>> = {
  purchase_order: "obligor",
  receipt_advice: "obligor",
  debit_note: "obligor",
  payment_advice: "obligor",
  bill_of_lading: "carrier",
  warehouse_receipt: "warehouse",
};

/** A paper that is missing, and the party to be asked for it, or to bring it oneself. */
function Missing({ pack, kinds }: { pack: Pack; kinds: Kind[] }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { data: actor } = useSuspenseQuery(me);
  const [wanted, setWanted] = useState<Wanted>();
  const words = kinds.map((k) => t(`kind.${k}`)).join(t("financing.panel.or"));
  const sides = new Set(kinds.map((k) => issuers[k] ?? "seller"));
  const parties = pack.parties.filter((p) => sides.has(p.side));
  return (
    <li className={classes.want}>
      <Text size="sm">{t("financing.panel.missing", { kinds: words })}</Text>
      {parties.length === 0 && <Text size="sm">{t("financing.panel.noParty")}</Text>}
      {parties.map((p) =>
        p.organisation === actor.organisation ? (
          <Text key={p.side} size="sm" c="dimmed">
            {t("financing.panel.bring")}
          </Text>
        ) : (
          <Button
            key={p.side}
            size="compact-sm"
            variant="default"
            onClick={() => setWanted({ organisation: p.organisation, ...(kinds.length === 1 && kinds[0] ? { kind: kinds[0] } : {}) })}
          >
            {t("financing.panel.ask", { party: nameOf(p.organisation) })}
          </Button>
        ),
      )}
      {wanted && <AskSheet pack={pack} wanted={wanted} onClose={() => setWanted(undefined)} />}
    </li>
  );
}

/** Why financing cannot be asked for yet, in words; never who stands in the way. */
function Blocked({ pack }: { pack: Pack }) {
  const { t, i18n } = useTranslation();
  const reasons = (pack.verification?.verdicts ?? []).filter((v) => v.answer !== "pass").flatMap((v) => v.reasons);
  const missing = pack.verification?.matrix.missing ?? [];
  const word = (code: string) => {
    const match = code.replace(/^match\./, "");
    if (match !== code && i18n.exists(`match.${match}`)) return t(`match.${match as "party"}`);
    const key = `blocker.${code.replaceAll(".", "_")}`;
    return i18n.exists(key) ? t(key as "blocker.other") : t("blocker.other");
  };
  const said = [...new Set(reasons.filter((r) => r.code !== "match.missing").map((r) => word(r.code)))];
  return (
    <>
      <Text size="sm" fw={600}>
        {t("financing.panel.blocked")}
      </Text>
      <ul className={classes.reasons}>
        {missing.map((kinds) => (
          <Missing key={kinds.join()} pack={pack} kinds={kinds} />
        ))}
        {said.map((text) => (
          <li key={text}>
            <Text size="sm">{text}</Text>
          </li>
        ))}
      </ul>
    </>
  );
}

const running = new Set(["standing", "asked", "quoted", "accepted", "approved", "disbursed", "overdue", "repaid"]);

/** What was asked for with a pack, and whether any of it still runs or has run its way; nothing until it is known. */
export function useAsked(pack: string) {
  const { data } = useQuery(financings);
  const asked = data?.items.filter((f) => f.pack === pack);
  return asked && { asked, live: asked.some((f) => running.has(statusOf(f))) };
}

/** The financing of a pack: what was asked, what stands in the way, or the one thing to do. */
export function PackFinancing({ pack }: { pack: Pack }) {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const nameOf = useNames();
  const of = useAsked(pack.id);
  const [asking, setAsking] = useState(false);
  const obligor = pack.parties.find((p) => p.side === "obligor")?.organisation ?? "";
  const seller = pack.parties.some((p) => p.side === "seller" && p.organisation === actor.organisation);
  if (!seller) return null;
  if (!of) return <Loader m="md" size="sm" aria-label={t("common.loading")} />;
  const { asked, live } = of;
  const verdicts = pack.verification?.verdicts ?? [];
  const passes = pack.verdicts_stand && verdicts.length > 0 && verdicts.every((v) => v.answer === "pass");
  return (
    <section className={classes.panel}>
      <Title order={2}>{t("financing.open")}</Title>
      {asked.length > 0 && (
        <Group gap="xs">
          <Text size="sm">{t("financing.panel.existing")}</Text>
          {asked.map((f) => (
            <Group key={f.id} gap={4}>
              <Anchor component={Link} to={`/financings/${f.id}`} size="sm">
                {nameOf(f.bank)}
              </Anchor>
              <StatusBadge status={statusOf(f)} />
            </Group>
          ))}
        </Group>
      )}
      {!live && !pack.verdicts_stand && <Text size="sm">{t("financing.panel.wait")}</Text>}
      {!live && pack.verdicts_stand && !passes && <Blocked pack={pack} />}
      {passes && !live && (
        <>
          <Text size="sm">{t(actor.roles.includes("maker") ? "financing.panel.ready" : "financing.panel.role")}</Text>
          {actor.roles.includes("maker") && <Button onClick={() => setAsking(true)}>{t("financing.request")}</Button>}
        </>
      )}
      <RequestSheet pack={pack} obligor={obligor} opened={asking} onClose={() => setAsking(false)} />
    </section>
  );
}
