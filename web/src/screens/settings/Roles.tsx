import { Stack, Text, Title } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { persons } from "./queries";
import classes from "./Settings.module.css";

const roles = ["maker", "checker", "approver", "viewer", "admin", "operator"] as const;

/** What each role signs, and who of the organisation has it. */
export function Roles() {
  const { t } = useTranslation();
  const { data: people } = useSuspenseQuery(persons);
  return (
    <Stack gap="md">
      <div>
        <Title order={1}>{t("settings.roles.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("settings.roles.text")}
        </Text>
      </div>
      <div>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t("settings.roles.role")}</th>
              <th scope="col">{t("settings.roles.does")}</th>
              <th scope="col">{t("settings.roles.who")}</th>
            </tr>
          </thead>
          <tbody>
            {roles.map((role) => (
              <tr key={role}>
                <th scope="row">{t(`role.${role}`)}</th>
                <td>{t(`settings.roles.duty.${role}`)}</td>
                <td data-label={t("settings.roles.who")}>
                  {people
                    .filter((p) => p.state === "active" && p.roles.includes(role))
                    .map((p) => p.name)
                    .join(t("settings.and")) || t("settings.roles.nobody")}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Stack>
  );
}
