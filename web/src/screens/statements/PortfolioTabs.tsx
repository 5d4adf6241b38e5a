import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import classes from "./Statements.module.css";

/** What a bank has lent, and what came back: two sides of one thing. */
export function PortfolioTabs() {
  const { t } = useTranslation();
  return (
    <nav className={classes.tabs} aria-label={t("statements.tabs")}>
      <Link to="/portfolio" className={classes.tab}>
        {t("statements.financings")}
      </Link>
      <Link to="/statements" className={classes.tab}>
        {t("statements.statements")}
      </Link>
    </nav>
  );
}
