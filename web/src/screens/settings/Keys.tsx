import { Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { me } from "../../api/queries";
import { authenticators, keys, node } from "../../signing/keys";
import { KeyTrouble } from "../../signing/KeyTrouble";
import { useAddKey } from "../../signing/useAddKey";
import { KeyList } from "./KeyList";
import classes from "./Settings.module.css";

/** The keys of the person: what they are, and one more. */
export function Keys() {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const { data: list } = useSuspenseQuery(keys);
  return (
    <Stack gap="md">
      <div>
        <Title order={1}>{t("settings.keys.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("settings.keys.text")}
        </Text>
      </div>
      {list.length === 0 ? <Text size="sm">{t("settings.keys.none")}</Text> : <KeyList list={list} person={actor.person} />}
      <AddKey />
    </Stack>
  );
}

function AddKey() {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const { data: about } = useSuspenseQuery(node);
  const { data: list } = useSuspenseQuery(keys);
  const [name, setName] = useState("");
  const add = useAddKey({ about, actor, list });
  return (
    <section aria-labelledby="add-key" className={classes.form}>
      <Title order={2} size="h4" id="add-key" mb={4}>
        {t("settings.keys.add")}
      </Title>
      <Text size="sm" mb="sm">
        {t(about.demo ? "settings.keys.addDemoText" : "settings.keys.addText")}
      </Text>
      <TextInput
        label={t("settings.keys.name")}
        description={t("settings.keys.nameText")}
        value={name}
        onChange={(e) => setName(e.currentTarget.value)}
        maxLength={60}
        mb="sm"
      />
      {add.isError && <KeyTrouble error={add.error} />}
      <Group gap="xs">
        {authenticators() && (
          <Button
            loading={add.isPending}
            leftSection={<IconFingerprint size={18} aria-hidden />}
            onClick={() => add.mutate({ kind: "passkey", name })}
          >
            {t("signing.makePasskey")}
          </Button>
        )}
        {about.demo && (
          <Button variant="default" loading={add.isPending} onClick={() => add.mutate({ kind: "browser", name })}>
            {t("signing.makeDemoKey")}
          </Button>
        )}
      </Group>
    </section>
  );
}
