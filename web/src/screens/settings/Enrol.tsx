import { Alert, Button, Group, Text, Textarea, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas, taken } from "../../api/client";
import { ProblemNote } from "../../ui/ProblemNote";
import { persons, requests } from "./queries";
import classes from "./Settings.module.css";

/** The entry as countersign person prints it; undefined when it is none. */
function entryOf(text: string): Schemas["EnrolPerson"] | undefined {
  try {
    const { person, email, name, roles, password_hash, public_key } = JSON.parse(text) as Partial<Schemas["EnrolPerson"]>;
    if (!person || !email || !name || !roles || !password_hash || !public_key) return undefined;
    return { person, email, name, roles, password_hash, public_key };
  } catch {
    return undefined;
  }
}

/** Prepares the enrolment of a person from the entry that they made on their own machine. */
export function Enrol() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const enrol = useMutation({
    mutationFn: (body: Schemas["EnrolPerson"]) =>
      taken(api.POST("/v1/persons", { body, params: { header: { "Idempotency-Key": crypto.randomUUID() } } })),
    onSuccess: async () => {
      setText("");
      await Promise.all([persons, requests].map(({ queryKey }) => client.invalidateQueries({ queryKey })));
    },
  });
  return (
    <section aria-labelledby="enrol" className={classes.form}>
      <Title order={2} id="enrol" mb={4}>
        {t("settings.team.enrol")}
      </Title>
      <Text size="sm" mb="sm">
        {t("settings.team.enrolText")}
      </Text>
      <form
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          const entry = entryOf(text);
          setWrong(!entry);
          if (entry) enrol.mutate(entry);
          else box.current?.focus();
        }}
      >
        <Textarea
          ref={box}
          label={t("settings.team.entry")}
          rows={5}
          value={text}
          spellCheck={false}
          error={wrong && t("settings.team.entryWrong")}
          onChange={(e) => setText(e.currentTarget.value)}
        />
        {enrol.isError && <ProblemNote error={enrol.error} />}
        {enrol.isSuccess && (
          <Alert role="status" color="teal" variant="light" mt="sm">
            <Text size="sm">{t("settings.team.prepared")}</Text>
          </Alert>
        )}
        <Group mt="sm">
          <Button type="submit" variant="default" loading={enrol.isPending}>
            {t("settings.team.prepare")}
          </Button>
        </Group>
      </form>
    </section>
  );
}
