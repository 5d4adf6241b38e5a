import { Anchor, Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, taken } from "../../api/client";
import { Badge } from "../../ui/Badge";
import { ProblemNote } from "../../ui/ProblemNote";
import { codes } from "./queries";
import classes from "./Settings.module.css";

const once = () => ({ header: { "Idempotency-Key": crypto.randomUUID() } });

/** Codes of an authenticator app: set up, confirmed, taken away. */
export function Codes() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data: state } = useSuspenseQuery(codes);
  const [recovery, setRecovery] = useState<string[] | null>(null);
  const changed = () => client.invalidateQueries({ queryKey: codes.queryKey });
  const start = useMutation({ mutationFn: () => taken(api.POST("/v1/codes", { body: {}, params: once() })) });
  const confirm = useMutation({
    mutationFn: (code: string) => taken(api.POST("/v1/codes/confirmation", { body: { code }, params: once() })),
    onSuccess: (made) => {
      setRecovery(made.codes);
      start.reset();
      return changed();
    },
  });
  const remove = useMutation({
    mutationFn: (code: string) => taken(api.POST("/v1/codes/removal", { body: { code }, params: once() })),
    onSuccess: changed,
  });

  return (
    <section aria-labelledby="codes" className={classes.form}>
      <Group gap="sm" mb={8}>
        <Title order={2} id="codes">
          {t("settings.security.totp")}
        </Title>
        <Badge tone={state.in_use ? "good" : "quiet"}>
          {t(state.in_use ? "settings.security.on" : "settings.security.off")}
        </Badge>
      </Group>
      <Text size="sm" mb="sm">
        {t("settings.security.totpText")}
      </Text>
      {recovery ? (
        <Stack gap="xs" role="status">
          <Text size="sm" fw={600}>
            {t("settings.security.recovery")}
          </Text>
          <Text size="sm">{t("settings.security.recoveryText")}</Text>
          <ul className={classes.codes}>
            {recovery.map((code) => (
              <li key={code}>{code.match(/.{1,4}/g)?.join(" ")}</li>
            ))}
          </ul>
          <Group>
            <Button variant="default" onClick={() => setRecovery(null)}>
              {t("settings.security.recoveryKept")}
            </Button>
          </Group>
        </Stack>
      ) : state.in_use ? (
        <>
          <Text size="sm" mb="sm">
            {t("settings.security.left", { count: state.recovery })}
          </Text>
          <CodeForm label="remove" text="removeText" pending={remove.isPending} error={remove.error} onCode={remove.mutate} />
        </>
      ) : start.data ? (
        <>
          <Text size="sm">{t("settings.security.secret")}</Text>
          <Text ff="monospace" size="lg" my={4} style={{ overflowWrap: "anywhere" }}>
            {start.data.secret.match(/.{1,4}/g)?.join(" ")}
          </Text>
          <Anchor href={start.data.uri} size="sm">
            {t("settings.security.open")}
          </Anchor>
          <CodeForm label="confirm" text="codeText" pending={confirm.isPending} error={confirm.error} onCode={confirm.mutate} />
        </>
      ) : (
        <Button variant="default" loading={start.isPending} onClick={() => start.mutate()}>
          {t("settings.security.start")}
        </Button>
      )}
      {start.isError && <ProblemNote error={start.error} />}
    </section>
  );
}

type FormProps = {
  label: "confirm" | "remove";
  text: "codeText" | "removeText";
  pending: boolean;
  error: unknown;
  onCode: (code: string) => void;
};

function CodeForm({ label, text, pending, error, onCode }: FormProps) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const [missing, setMissing] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  return (
    <form
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        setMissing(code.trim() === "");
        if (code.trim() === "") box.current?.focus();
        else onCode(code.trim());
      }}
    >
      <TextInput
        ref={box}
        mt="sm"
        label={t("settings.security.code")}
        description={t(`settings.security.${text}`)}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={40}
        value={code}
        error={missing && t("settings.security.codeMissing")}
        onChange={(e) => setCode(e.currentTarget.value)}
      />
      {error ? <ProblemNote error={error} /> : null}
      <Button mt="sm" type="submit" loading={pending}>
        {t(`settings.security.${label}`)}
      </Button>
    </form>
  );
}
