import { Button, Stack, Text, Title } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Cancelled, useSigning } from "../../signing/signing";
import { codeOf, KeyCode } from "./KeyList";
import { persons, type Request, requests } from "./queries";
import classes from "./Settings.module.css";
import { When } from "../../ui/When";

/** What two admins vouch for: persons and keys. */
export function Requests() {
  const { t } = useTranslation();
  const { data: list } = useSuspenseQuery(requests);
  return (
    <Stack gap="md">
      <div>
        <Title order={1}>{t("settings.requests.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("settings.requests.text")}
        </Text>
      </div>
      {list.length === 0 && <Text size="sm">{t("settings.requests.none")}</Text>}
      <ul className={classes.list}>
        {list.map((r) => (
          <Row key={r.intent.id} request={r} />
        ))}
      </ul>
    </Stack>
  );
}

function Row({ request: r }: { request: Request }) {
  const { t } = useTranslation();
  const { data: people } = useSuspenseQuery(persons);
  const { sign } = useSigning();
  const person = people.find((p) => p.person === r.person)?.name ?? t("settings.requests.somebody");
  const act = r.intent.act.replace("organisation.", "");
  const title = t(`settings.requests.act.${act}`, { person });
  const code = useQuery({ ...codeOf(r.key?.public ?? ""), enabled: r.key !== undefined });
  const done = r.intent.duties.filter((d) => d.fulfilled).length;

  const vouch = async () => {
    try {
      const consequence = t(`settings.requests.consequence.${act}`, { person, code: code.data ?? "" });
      await sign({ title, consequence, intents: [r.intent] });
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
    }
  };

  return (
    <li>
      <div className={classes.grow}>
        <Text className={classes.name}>{title}</Text>
        <Text className={classes.meta}>
          {[
            r.roles?.map((role) => t(`role.${role}`)).join(t("settings.and")),
            r.reason,
            t("settings.requests.signed", { done, all: r.intent.duties.length }),
          ]
            .filter(Boolean)
            .join(" · ")}
          {r.key && (
            <>
              {" · "}
              {t("settings.keys.code")} <KeyCode publicKey={r.key.public} />
            </>
          )}
        </Text>
      </div>
      <When at={r.intent.created_at} className={classes.meta} />
      <Button size="xs" onClick={() => void vouch()}>
        {t("settings.requests.vouch")}
      </Button>
    </li>
  );
}
