import { Button, Group, Radio, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas, taken } from "../../api/client";
import { languages } from "../../i18n";
import { ProblemNote } from "../../ui/ProblemNote";
import classes from "./Notifications.module.css";
import { preferences } from "./choices";

type Preferences = Schemas["Preferences"];

const whens = ["at_once", "daily", "never"] as const;

/** How a person is told by mail. */
export function Notifications() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data } = useSuspenseQuery(preferences);
  const [chosen, setChosen] = useState<Preferences>(data);
  const save = useMutation({
    mutationFn: () =>
      taken(
        api.PUT("/v1/preferences", {
          params: { header: { "Idempotency-Key": window.crypto.randomUUID() } },
          body: chosen,
        }),
      ),
    onSuccess: (kept) => client.setQueryData(preferences.queryKey, kept),
  });
  const choose = (change: Partial<Preferences>) => {
    save.reset();
    setChosen({ ...chosen, ...change });
  };
  return (
    <div className={classes.all}>
      <Title order={1}>{t("notifications.title")}</Title>
      <Text size="sm" c="dimmed" mt={4}>
        {t("notifications.text")}
      </Text>
      {(["waiting", "outcome"] as const).map((kind) => (
        <fieldset key={kind} className={classes.group}>
          <legend>{t(`notifications.${kind}`)}</legend>
          <div className={classes.choices}>
            {whens.map((when) => (
              <Radio
                key={when}
                name={kind}
                label={t(`notifications.when.${when}`)}
                checked={chosen[kind] === when}
                onChange={() => choose({ [kind]: when })}
              />
            ))}
          </div>
        </fieldset>
      ))}
      <fieldset className={classes.group}>
        <legend>{t("notifications.language")}</legend>
        <div className={classes.choices}>
          {languages.map((l) => (
            <Radio
              key={l}
              name="language"
              lang={l}
              label={t(`language.${l}`)}
              checked={chosen.language === l}
              onChange={() => choose({ language: l })}
            />
          ))}
        </div>
      </fieldset>
      <Group mt="md" gap="sm">
        <Button loading={save.isPending} onClick={() => save.mutate()}>
          {t("notifications.save")}
        </Button>
        <Text size="sm" role="status">
          {save.isSuccess ? t("notifications.saved") : ""}
        </Text>
      </Group>
      {save.isError && <ProblemNote error={save.error} />}
    </div>
  );
}
