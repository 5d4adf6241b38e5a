import { Anchor, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import classes from "../ui/List.module.css";

export function Missing() {
  const { t } = useTranslation();
  return (
    <div className={classes.empty}>
      <Title order={1}>{t("common.missing.title")}</Title>
      <Text c="dimmed" mb="md">
        {t("common.missing.text")}
      </Text>
      <Anchor component={Link} to="/">
        {t("common.home")}
      </Anchor>
    </div>
  );
}
