import { Stack, Text, Title } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { organisations } from "../../api/queries";
import { Money } from "../../ui/Money";
import { programmes } from "./queries";
import classes from "./Settings.module.css";

/** The programmes that the organisation takes part in, with what of their limits is used. */
export function Programmes() {
  const { t, i18n } = useTranslation();
  const { data: list } = useSuspenseQuery(programmes);
  const { data: parties } = useSuspenseQuery(organisations);
  const name = (id: string) => {
    const o = parties.items.find((p) => p.id === id);
    return (i18n.language === "zh-CN" && o?.name_local) || o?.name || id;
  };
  return (
    <Stack gap="md">
      <div>
        <Title order={1}>{t("settings.programmes.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("settings.programmes.text")}
        </Text>
      </div>
      {list.length === 0 ? (
        <Text size="sm">{t("settings.programmes.empty")}</Text>
      ) : (
        <div>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{t("settings.programmes.parties")}</th>
                <th scope="col" className={classes.number}>
                  {t("settings.programmes.limit")}
                </th>
                <th scope="col" className={classes.number}>
                  {t("settings.programmes.used")}
                </th>
                <th scope="col" className={classes.number}>
                  {t("settings.programmes.tenor")}
                </th>
              </tr>
            </thead>
            <tbody>
              {list.map((p) => (
                <tr key={p.id}>
                  <th scope="row">
                    {name(p.bank)}
                    <div className={classes.meta}>{[p.seller, p.obligor].map(name).join(" → ")}</div>
                  </th>
                  <td className={classes.number} data-label={t("settings.programmes.limit")}>
                    <Money value={p.limit} />
                  </td>
                  <td className={classes.number} data-label={t("settings.programmes.used")}>
                    <Money value={p.used} />
                  </td>
                  <td className={classes.number} data-label={t("settings.programmes.tenor")}>
                    {t("settings.programmes.days", { count: p.tenor_days })}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Stack>
  );
}
