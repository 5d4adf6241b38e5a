import { Paper, Text, Title, UnstyledButton } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, type Schemas, taken } from "../api/client";
import { node } from "../signing/keys";
import classes from "./SignIn.module.css";

type Persona = Schemas["Persona"];

const demo = queryOptions({
  queryKey: ["demo"],
  queryFn: async () => (await taken(api.GET("/v1/demo"))).personas,
  refetchInterval: 30_000,
});

/** Who may be signed in as, on a demo node; on any other there is nothing to see. */
export function Personas({ onChoose }: { onChoose: (email: string) => void }) {
  const { t } = useTranslation();
  const here = useQuery(node);
  const cast = useQuery({ ...demo, enabled: here.data?.demo === true });
  if (!cast.data?.length) return null;
  return (
    <Paper withBorder component="section" aria-labelledby="demo" className={classes.personas} p="md">
      <Title order={2} size="h4" id="demo">
        {t("signIn.demoTitle")}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {t("signIn.demoHint")}
      </Text>
      <ul className={classes.list}>
        {cast.data.map((p) => (
          <li key={p.email}>
            <UnstyledButton className={classes.persona} onClick={() => onChoose(p.email)}>
              <Who persona={p} />
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </Paper>
  );
}

function Who({ persona: p }: { persona: Persona }) {
  const { t, i18n } = useTranslation();
  const organisation = (i18n.language.startsWith("zh") && p.organisation_local) || p.organisation;
  const waiting = p.more ? "signIn.waitingMore" : "signIn.waiting";
  return (
    <>
      <span className={classes.who}>
        <b>{p.name}</b>
        <Text component="span" size="xs" c="dimmed">
          {organisation}
        </Text>
      </span>
      <span className={classes.part}>
        <span>{t(`signIn.part.${p.part}`)}</span>
        <Text component="span" size="xs" {...(p.waits > 0 ? { fw: 600 } : { c: "dimmed" })}>
          {p.waits > 0 ? t(waiting, { count: p.waits }) : t("signIn.nothingWaits")}
        </Text>
      </span>
    </>
  );
}
