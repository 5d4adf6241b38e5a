import { Button, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, taken } from "../api/client";
import { me } from "../api/queries";
import { ProblemNote } from "../ui/ProblemNote";
import { LanguageMenu, ThemeSwitch } from "../ui/Shell";
import { Personas } from "./Personas";
import classes from "./SignIn.module.css";

type Faults = { email?: string; password?: string };

export function SignIn() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { to } = useSearch({ from: "/sign-in" });
  const email = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const [faults, setFaults] = useState<Faults>({});

  const signIn = useMutation({
    mutationFn: (body: { email: string; password: string }) => taken(api.POST("/v1/session", { body })),
    onSuccess: async ({ actor }) => {
      client.clear();
      client.setQueryData(me.queryKey, actor);
      // Only a path of this origin is followed.
      await navigate({ to: to?.startsWith("/") && !to.startsWith("//") ? to : "/" });
    },
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const typed = { email: email.current?.value.trim() ?? "", password: password.current?.value ?? "" };
    const found: Faults = {
      ...(typed.email ? {} : { email: t("signIn.emailMissing") }),
      ...(typed.password ? {} : { password: t("signIn.passwordMissing") }),
    };
    setFaults(found);
    if (found.email) email.current?.focus();
    else if (found.password) password.current?.focus();
    else signIn.mutate(typed);
  };

  const choose = (chosen: string) => {
    if (email.current) email.current.value = chosen;
    password.current?.focus();
  };

  return (
    <main className={classes.all}>
      <Group justify="flex-end" p="xs" gap={4}>
        <LanguageMenu />
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
            <Button type="submit" loading={signIn.isPending}>
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
