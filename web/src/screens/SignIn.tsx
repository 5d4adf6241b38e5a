import { Button, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Problem, type Schemas, taken } from "../api/client";
import { me } from "../api/queries";
import { authenticators, openByPasskey } from "../signing/keys";
import { KeyTrouble } from "../signing/KeyTrouble";
import { ProblemNote } from "../ui/ProblemNote";
import { LanguageSwitch, ThemeSwitch } from "../ui/Look";
import { Personas } from "./Personas";
import classes from "./SignIn.module.css";

type Faults = { email?: string; password?: string; code?: string };

export function SignIn() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { to } = useSearch({ from: "/sign-in" });
  const email = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const [faults, setFaults] = useState<Faults>({});

  const code = useRef<HTMLInputElement>(null);
  const [wantsCode, setWantsCode] = useState(false);

  useEffect(() => {
    if (wantsCode) code.current?.focus();
  }, [wantsCode]);

  const enter = {
    onSuccess: async ({ actor }: Schemas["Session"]) => {
      client.clear();
      client.setQueryData(me.queryKey, actor);
      // Only a path of this origin is followed.
      await navigate({ to: to?.startsWith("/") && !to.startsWith("//") ? to : "/" });
    },
  };
  const byPasskey = useMutation({ mutationFn: openByPasskey, ...enter });
  const signIn = useMutation({
    mutationFn: (body: Schemas["Credentials"]) => taken(api.POST("/v1/session", { body })),
    onError: (error) => {
      if (error instanceof Problem && error.code === "auth.code_wanted") setWantsCode(true);
    },
    ...enter,
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const typed = {
      email: email.current?.value.trim() ?? "",
      password: password.current?.value ?? "",
      ...(wantsCode ? { code: code.current?.value.trim() ?? "" } : {}),
    };
    const found: Faults = {
      ...(typed.email ? {} : { email: t("signIn.emailMissing") }),
      ...(typed.password ? {} : { password: t("signIn.passwordMissing") }),
      ...(typed.code === "" ? { code: t("signIn.codeMissing") } : {}),
    };
    setFaults(found);
    if (found.email) email.current?.focus();
    else if (found.password) password.current?.focus();
    else if (found.code) code.current?.focus();
    else signIn.mutate(typed);
  };

  const choose = (chosen: string) => {
    if (email.current) email.current.value = chosen;
    password.current?.focus();
  };

  return (
    <main className={classes.all}>
      <Group justify="flex-end" p="xs" gap={4}>
        <LanguageSwitch />
        <ThemeSwitch />
      </Group>
      <Paper withBorder className={classes.card} p="xl">
        <Group gap={8} mb={4}>
          <img src="/mark.svg" width={24} height={24} alt="" />
          <Title order={1}>{t("common.product")}</Title>
        </Group>
        <Text size="sm" c="dimmed" mb="lg">
          {t("signIn.tagline")}
        </Text>
        {authenticators() && (
          <Stack gap="xs" mb="lg">
            <Button
              leftSection={<IconFingerprint size={18} aria-hidden />}
              loading={byPasskey.isPending}
              onClick={() => byPasskey.mutate()}
            >
              {t("signIn.passkey")}
            </Button>
            {byPasskey.isError && <KeyTrouble error={byPasskey.error} />}
            <Text size="xs" c="dimmed" ta="center">
              {t("signIn.or")}
            </Text>
          </Stack>
        )}
        <form onSubmit={submit} noValidate>
          <Stack gap="md">
            <TextInput
              ref={email}
              label={t("signIn.email")}
              name="email"
              type="email"
              autoComplete="username"
              error={faults.email}
            />
            <PasswordInput
              ref={password}
              label={t("signIn.password")}
              name="password"
              autoComplete="current-password"
              error={faults.password}
              visibilityToggleButtonProps={{ tabIndex: -1 }}
            />
            {wantsCode && (
              <TextInput
                ref={code}
                label={t("signIn.code")}
                description={t("signIn.codeText")}
                name="code"
                inputMode="numeric"
                autoComplete="one-time-code"
                error={faults.code}
              />
            )}
            <Button type="submit" variant={authenticators() ? "default" : "filled"} loading={signIn.isPending}>
              {t("signIn.submit")}
            </Button>
          </Stack>
        </form>
        {signIn.isError && <ProblemNote error={signIn.error} />}
      </Paper>
      <Personas onChoose={choose} />
    </main>
  );
}
