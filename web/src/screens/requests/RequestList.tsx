import { Button, Text } from "@mantine/core";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, taken } from "../../api/client";
import { useNames } from "../../api/names";
import { me } from "../../api/queries";
import { Badge, type Tone } from "../../ui/Badge";
import { instant } from "../../ui/format";
import { ProblemNote } from "../../ui/ProblemNote";
import { ReasonSheet } from "../../ui/Sheet";
import { When } from "../../ui/When";
import { mayAnswer, mayAsk, newKey, type PaperRequest, type State } from "./queries";
import classes from "./Requests.module.css";

export const tones: Record<State, Tone> = { open: "asked", delivered: "good", declined: "bad", settled: "quiet", withdrawn: "quiet" };

/** Papers asked for, each with what was said and what may be done about it. */
export function RequestList({ items, within }: { items: PaperRequest[]; within?: "pack" }) {
  return (
    <ul className={classes.list}>
      {items.map((r) => (
        <Row key={r.id} request={r} inPack={within === "pack"} />
      ))}
    </ul>
  );
}

function Row({ request: r, inPack }: { request: PaperRequest; inPack: boolean }) {
  const { t, i18n } = useTranslation();
  const nameOf = useNames();
  const { data: actor } = useSuspenseQuery(me);
  const apart = i18n.language === "zh-CN" ? "" : " "; // a full-width mark brings its own space
  const own = r.organisation === actor.organisation;
  return (
    <li className={classes.request} data-request={r.state}>
      <div>
        <div className={classes.head}>
          <Badge tone={tones[r.state]}>{t(`requests.state.${r.state}`)}</Badge>
          <strong>{t(`kind.${r.kind}`)}</strong>
          <span>{own ? t("requests.askedOf", { name: nameOf(r.asked) }) : t("requests.askedBy", { name: nameOf(r.organisation) })}</span>
        </div>
        {!inPack && (
          <Link to="/packs/$id" params={{ id: r.pack }} className={classes.link} translate="no">
            {r.title}
          </Link>
        )}
        {r.note && (
          <Text size="sm" className={classes.said} translate="no">
            {r.note}
          </Text>
        )}
        {r.reason && (
          <Text size="sm" className={classes.said}>
            <strong>{t("requests.reason")}</strong>
            {apart}
            <span translate="no">{r.reason}</span>
          </Text>
        )}
        {r.refused && (
          <Text size="sm" className={classes.said}>
            {t(r.state === "open" ? "requests.refused" : "requests.refusedBefore")}
            {apart}
            <Link to="/documents/$id" params={{ id: r.refused }} className={classes.link}>
              {t("requests.seeWhy")}
            </Link>
          </Text>
        )}
        <Text size="xs" c="dimmed">
          <When at={r.asked_at} className={classes.part}>{t("requests.askedAt", { when: instant(r.asked_at).slice(0, 10) })}</When>
          {r.due && (
            <>
              {" · "}
              <span className={classes.part}>{t("requests.due", { day: r.due })}</span>
            </>
          )}
          {r.ended_at && (
            <>
              {" · "}
              <span className={classes.part}>{t("requests.ended", { when: instant(r.ended_at).slice(0, 10) })}</span>
            </>
          )}
        </Text>
      </div>
      <Acts request={r} own={own} inPack={inPack} />
    </li>
  );
}

function Acts({ request: r, own, inPack }: { request: PaperRequest; own: boolean; inPack: boolean }) {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const client = useQueryClient();
  const [declining, setDeclining] = useState(false);
  const close = useMutation({
    mutationFn: () =>
      taken(api.POST("/v1/paper-requests/{request}/closing", { params: { path: { request: r.id }, header: newKey() }, body: {} })),
    onSettled: () => client.invalidateQueries({ queryKey: ["paper-requests"] }),
  });
  if (r.state === "delivered" && r.paper) {
    return (
      <div className={classes.acts}>
        <Link to="/documents/$id" params={{ id: r.paper }} className={classes.link}>
          {t("requests.open")}
        </Link>
      </div>
    );
  }
  if (own && mayAsk(actor) && (r.state === "open" || r.state === "declined")) {
    return (
      <div className={classes.acts}>
        <Button size="compact-sm" variant="default" loading={close.isPending} onClick={() => close.mutate()}>
          {t(r.state === "open" ? "requests.takeBack" : "requests.settle")}
        </Button>
        {close.isError && <ProblemNote error={close.error} />}
      </div>
    );
  }
  if (own || r.state !== "open" || !mayAnswer(actor)) return null;
  return (
    <div className={classes.acts}>
      {!inPack && (
        <Button size="compact-sm" component={Link} {...({ to: `/packs/${r.pack}` } as object)}>
          {t("requests.bring")}
        </Button>
      )}
      <Button size="compact-sm" variant="default" onClick={() => setDeclining(true)}>
        {t("requests.decline")}
      </Button>
      {declining && <Decline request={r} onClose={() => setDeclining(false)} />}
    </div>
  );
}

function Decline({ request: r, onClose }: { request: PaperRequest; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const nameOf = useNames();
  return (
    <ReasonSheet
      title={t("requests.declineTitle", { kind: t(`kind.${r.kind}`) })}
      label={t("requests.reasonLabel")}
      missing={t("requests.reasonMissing")}
      most={160}
      send={t("requests.decline")}
      onClose={onClose}
      onSend={async (reason) => {
        await taken(
          api.POST("/v1/paper-requests/{request}/decline", {
            params: { path: { request: r.id }, header: newKey() },
            body: { reason },
          }),
        );
        await client.invalidateQueries({ queryKey: ["paper-requests"] });
      }}
    >
      <Text size="sm" c="dimmed">
        {t("requests.declineText", { name: nameOf(r.organisation) })}
      </Text>
    </ReasonSheet>
  );
}
